"""The bounds of the language. They are part of its meaning: the same input, the same refusal."""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

SOURCE = 4_000  # characters of one expression
SCRIPT = 16_000  # characters of one script
TEMPLATE = 8_000  # characters of one template
RENDERED = 64_000  # characters of one rendered template
NODES = 600
DEPTH = 40
STEPS = 20_000
ALLOCATED = 1_000_000  # characters, and bytes of list and context slots, made in one evaluation
STRING = 100_000
LIST = 10_000
PATTERN = 200
PARAMETERS = 16  # of one function definition
EXPONENT = 10_000
NUMBER = 10**34
DECIMAL_NUMBER = Decimal(NUMBER)

# Numbers are decimal128: 34 digits, half to even. Too small becomes 0, too large an error.
ARITHMETIC = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-99,
    Emax=99,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)
