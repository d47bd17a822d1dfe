"""A JVM in this process, through JNI's invocation interface and ``ctypes``."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# JNI 24, the newest that JDK 25 knows: an older JVM answers JNI_EVERSION.
_JNI_VERSION = 0x00180000

# Indices into JNI's function tables (JNI specification, chapters 4 and 5).
_FIND_CLASS = 6
_EXCEPTION_DESCRIBE = 16
_GET_STATIC_METHOD_ID = 113
_CALL_STATIC_INT_METHOD_A = 131
_NEW_STRING = 163
_NEW_OBJECT_ARRAY = 172
_SET_OBJECT_ARRAY_ELEMENT = 174
_EXCEPTION_CHECK = 228
_DESTROY_JAVA_VM = 3

_ERRORS = {
    -1: "it refused an option",
    -2: "the thread is detached",
    -3: "it is older than Java 25",
    -4: "there is not enough memory",
    -5: "there is a JVM in this process already",
    -6: "it refused the value of an option",
}


class JvmError(Exception):
    """The JVM did not start, or the main class failed."""


class _Option(ctypes.Structure):
    """``JavaVMOption``."""

    _fields_ = [("option_string", ctypes.c_char_p), ("extra_info", ctypes.c_void_p)]


class _InitArgs(ctypes.Structure):
    """``JavaVMInitArgs``."""

    _fields_ = [
        ("version", ctypes.c_int32),
        ("n_options", ctypes.c_int32),
        ("options", ctypes.POINTER(_Option)),
        ("ignore_unrecognized", ctypes.c_uint8),
    ]


class Jvm:
    """The JVM of this process; there can be but one. All methods are called by the thread that made it."""

    def __init__(self, libjvm: Path, options: Sequence[str]) -> None:
        """Starts the JVM. Raises ``JvmError``; a module that is not found ends the process with a message."""
        try:
            library = ctypes.CDLL(str(libjvm))
        except OSError as error:
            raise JvmError(f"the Java VM cannot be loaded: {error}") from None
        array = (_Option * len(options))(*(_Option(os.fsencode(option), None) for option in options))
        args = _InitArgs(_JNI_VERSION, len(options), array, 0)
        self._vm = ctypes.c_void_p()
        self._env = ctypes.c_void_p()
        result = library.JNI_CreateJavaVM(ctypes.byref(self._vm), ctypes.byref(self._env), ctypes.byref(args))
        if result != 0:
            raise JvmError(f"the Java VM did not start: {_ERRORS.get(result, f'JNI error {result}')}")

    def run(self, main_class: str, args: Sequence[str]) -> int:
        """Calls ``static int run(String[])`` of a class (its name with slashes) and returns the answer.

        Raises ``JvmError`` if it threw; Java's trace is on stderr then.
        """
        pointer = ctypes.c_void_p
        find = self._function(_FIND_CLASS, pointer, ctypes.c_char_p)
        method_id = self._function(_GET_STATIC_METHOD_ID, pointer, pointer, ctypes.c_char_p, ctypes.c_char_p)
        new_array = self._function(_NEW_OBJECT_ARRAY, pointer, ctypes.c_int32, pointer, pointer)
        set_element = self._function(_SET_OBJECT_ARRAY_ELEMENT, None, pointer, ctypes.c_int32, pointer)
        call = self._function(_CALL_STATIC_INT_METHOD_A, ctypes.c_int32, pointer, pointer, ctypes.POINTER(pointer))

        main = self._checked(find(self._env, main_class.encode()))
        run = self._checked(method_id(self._env, main, b"run", b"([Ljava/lang/String;)I"))
        string = self._checked(find(self._env, b"java/lang/String"))
        array = self._checked(new_array(self._env, len(args), string, None))
        for i, arg in enumerate(args):
            set_element(self._env, array, i, self._string(arg))
        code = call(self._env, main, run, ctypes.byref(pointer(array)))
        self._checked(code)
        return int(code)

    def destroy(self) -> None:
        """Ends the JVM: shutdown hooks run, non-daemon Java threads are waited for."""
        self._at(self._vm, _DESTROY_JAVA_VM, ctypes.c_int32)(self._vm)

    def _string(self, text: str) -> Any:
        # UTF-16, since NewStringUTF takes a format of its own that breaks characters beyond U+FFFF; undecodable bytes
        # of the command line are lone surrogates here.
        units = text.encode("utf-16-le", "surrogatepass")
        new_string = self._function(_NEW_STRING, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int32)
        return self._checked(new_string(self._env, units, len(units) // 2))

    def _checked(self, result: Any) -> Any:
        if self._function(_EXCEPTION_CHECK, ctypes.c_uint8)(self._env):
            self._function(_EXCEPTION_DESCRIBE, None)(self._env)
            raise JvmError("the server failed with the Java exception above")
        return result

    def _function(self, index: int, result: Any, *parameters: Any) -> Callable[..., Any]:
        return self._at(self._env, index, result, *parameters)

    @staticmethod
    def _at(interface: ctypes.c_void_p, index: int, result: Any, *parameters: Any) -> Callable[..., Any]:
        """The function at this index of an interface pointer's table; its first parameter is the pointer itself."""
        table = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p)))[0]
        prototype = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *parameters)
        return prototype(table[index])
