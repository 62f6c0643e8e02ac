"""What a language tag says about how its text is set."""

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "nkoo", "syrc", "thaa"})


def direction(tag: str) -> str:
    """Returns "rtl" or "ltr" for a language tag such as `ar` or `az-Arab`; a script in it decides.

    Source: BCP 47 for the order of subtags, the Unicode bidirectional classes for the scripts.
    """
    language, *rest = tag.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    right_to_left = script in _RIGHT_TO_LEFT_SCRIPTS if script else language in _RIGHT_TO_LEFT
    return "rtl" if right_to_left else "ltr"
