"""Evaluating the rules of the API, which are in CEL: as much of the language as they use.

The API server evaluates them where there is one. That is some twenty words, so that no library for the whole language
is needed; a word that is not known here is an error and never a guess, and a test goes through all rules.

An expression becomes a function of the variables that it names, by recursive descent in the order of CEL's precedence
(https://github.com/google/cel-spec/blob/master/doc/langdef.md).
"""

import ast
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from vectortier.admission.functions import FUNCTIONS, MACROS, METHODS, OPERATORS

Variables = Mapping[str, Any]
Evaluated = Callable[[Variables], Any]

_TOKEN = re.compile(
    r"""\s*(\d+|[A-Za-z_]\w*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[=!<>]=|&&|\|\||[-+*/%<>!?:.,()\[\]])"""
)
_LEVELS = (("==", "!=", "<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
"""Operators of two values, those that bind least first."""
_CONSTANTS: dict[str, Any] = {"true": True, "false": False}


class ExpressionError(ValueError):
    """What is written is not in the part of CEL that is known here."""


@lru_cache(maxsize=256)
def compiled(text: str) -> Evaluated:
    """The expression as a function. Raises ExpressionError."""
    parser = _Parser(_tokens(text))
    found = parser.expression()
    parser.expect("")
    return found


def _tokens(text: str) -> list[str]:
    tokens, place, text = [], 0, text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise ExpressionError(f"not understood: {text[place:]}")
        tokens.append(found[1])
        place = found.end()
    return [*tokens, ""]


class _Parser:
    """One method for each level of precedence."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def expect(self, token: str) -> None:
        """Goes past the token."""
        if self._next() != token:
            raise ExpressionError(f"'{self._tokens[self._at - 1]}' where '{token}' was expected")

    def expression(self) -> Evaluated:
        """`condition ? this : that`, or less."""
        condition = self._either()
        if not self._took("?"):
            return condition
        this = self.expression()
        self.expect(":")
        that = self.expression()
        return lambda given: this(given) if condition(given) else that(given)

    def _either(self) -> Evaluated:
        parts = [self._both()]
        while self._took("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda given: any(part(given) for part in parts)

    def _both(self) -> Evaluated:
        parts = [self._binary(0)]
        while self._took("&&"):
            parts.append(self._binary(0))
        return parts[0] if len(parts) == 1 else lambda given: all(part(given) for part in parts)

    def _binary(self, level: int) -> Evaluated:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._tokens[self._at] in _LEVELS[level]:
            left = _applied(self._next(), left, self._binary(level + 1))
        return left

    def _unary(self) -> Evaluated:
        if not self._took("!"):
            return self._member()
        inner = self._unary()
        return lambda given: not inner(given)

    def _member(self) -> Evaluated:
        found = self._primary()
        while self._took("."):
            name = self._next()
            found = self._call(found, name) if self._took("(") else _field(found, name)
        return found

    def _call(self, of: Evaluated, name: str) -> Evaluated:
        argument = self.expression() if name not in MACROS else self._said_of_each()
        self.expect(")")
        if name in MACROS:
            macro = MACROS[name]
            return lambda given: macro(list(of(given)), argument(given))
        if name not in METHODS:
            raise ExpressionError(f"the method '{name}' is not known")
        method = METHODS[name]
        return lambda given: method(of(given), argument(given))

    def _said_of_each(self) -> Evaluated:
        """`name, expression`: from the variables to a function of the item."""
        name = self._next()
        self.expect(",")
        body = self.expression()
        return lambda given: lambda item: body({**given, name: item})

    def _primary(self) -> Evaluated:
        if self._took("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if self._took("["):
            return self._list()
        word = self._next()
        if word[:1] in ("'", '"') or word.isdigit() or word in _CONSTANTS:
            value = _CONSTANTS[word] if word in _CONSTANTS else ast.literal_eval(word)
            return lambda given: value
        if not word.isidentifier():
            raise ExpressionError(f"'{word}' where a value was expected")
        if self._took("("):
            return self._function(word)
        return lambda given: given[word]

    def _function(self, name: str) -> Evaluated:
        argument = self.expression()
        self.expect(")")
        if name == "has":
            return lambda given: _is_there(argument, given)
        if name not in FUNCTIONS:
            raise ExpressionError(f"the function '{name}' is not known")
        function = FUNCTIONS[name]
        return lambda given: function(argument(given))

    def _list(self) -> Evaluated:
        items: list[Evaluated] = []
        while not self._took("]"):
            items.append(self.expression())
            self._took(",")
        return lambda given: [item(given) for item in items]

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1]

    def _took(self, token: str) -> bool:
        """Goes past the token if it is next."""
        found = self._tokens[self._at] == token
        self._at += found
        return found


def _applied(operator: str, left: Evaluated, right: Evaluated) -> Evaluated:
    function = OPERATORS[operator]
    return lambda given: function(left(given), right(given))


def _field(of: Evaluated, name: str) -> Evaluated:
    return lambda given: of(given)[name]


def _is_there(field: Evaluated, given: Variables) -> bool:
    try:
        field(given)
    except KeyError:
        return False
    return True
