"""How characters are read (拼音), without tones, for finding names by the letters of a keyboard."""

from __future__ import annotations

from functools import cache

#: Syllables of one character, the usual one first.
Reading = tuple[str, ...]


def readings(text: str) -> tuple[Reading, ...]:
    """Return every reading of each character of a text, the usual one first.

    Parameters
    ----------
    text : str
        Chinese and other characters, as written; a traditional one is read as such.

    Returns
    -------
    tuple of tuple of str
        One for each character: lower-case ASCII syllables without tones, ``v`` for ü (``lv`` of 绿),
        each once. Empty for what is not read: letters, digits, punctuation.

    Examples
    --------
    >>> readings("重庆A")
    (('zhong', 'chong', 'tong'), ('qing',), ())
    """
    return tuple(map(readings_of, text))


@cache
def readings_of(character: str) -> Reading:
    """Return every reading of one character, the usual one first; see :func:`readings`."""
    if character.isascii():
        return ()
    # Half a second of tables, for those only who read characters
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return (
        tuple(dict.fromkeys(one.lower() for one in found[0] if one.isascii() and one.isalpha()))
        if found
        else ()
    )


def initials(text: str) -> str:
    """Return the first letter of the usual reading of each character, letters and digits as they are.

    Examples
    --------
    >>> initials("鱼洞街道A1")
    'ydjda1'
    """
    return "".join(
        read[0][0] if read else character.lower()
        for character, read in zip(text, readings(text), strict=True)
        if read or (character.isascii() and character.isalnum())
    )
