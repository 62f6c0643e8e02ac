import { expect, it } from "vitest";
import { whoWrites } from "../../../src/elements/parts/typing";

it.each([
  [[], ""],
  [["Pip"], "Pip is writing…"],
  [["Pip", "Stubb"], "Pip and Stubb are writing…"],
  [["Pip", "Stubb", "Ahab"], "Several people are writing…"],
])("tells that %j write", (names, line) => {
  expect(whoWrites(names)).toBe(line);
});
