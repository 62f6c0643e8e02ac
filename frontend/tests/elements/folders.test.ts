import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const FOLDERS = ["library", "parts", "people", "reading", "rooms", "shell", "writing"];
const HOME = "src/elements";

it("has a folder for each thing that a person does, and one for the parts of them all", () => {
  expect(readdirSync(HOME).sort()).toEqual(FOLDERS);
});

it.each(FOLDERS)("%s uses only itself and the parts", (folder) => {
  const imported = readdirSync(`${HOME}/${folder}`).flatMap((file) =>
    [...readFileSync(`${HOME}/${folder}/${file}`, "utf8").matchAll(/from "\.\.\/(\w[\w-]*)\//g)].map(
      ([, other]) => other,
    ),
  );
  expect(imported.filter((other) => other !== "parts")).toEqual([]);
});
