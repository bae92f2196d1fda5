"""A property that is worked out once for each object.

Until Python 3.12 `functools.cached_property` holds one lock for all objects of a class, so that two comparisons, each
in a thread of its own, would wait for each other. Here a value that two threads ask for at the same time may be worked
out twice, and is the same.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801  # a decorator, as `property` is
    """The value of a method without arguments, kept in the object under the method's name."""

    def __init__(self, found: Callable[[Any], Value]) -> None:
        self._found, self._name, self.__doc__ = found, found.__name__, found.__doc__

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> "once[Value]": ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Value: ...
    def __get__(self, instance: object | None, owner: type | None = None) -> "Value | once[Value]":
        if instance is None:
            return self
        value: Value = self._found(instance)
        instance.__dict__[self._name] = value  # looked up before this is asked again, for it cannot be set
        return value
