package dev.pausa.cpython;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyBytes;
import dev.pausa.cpython.capi.PyDict;
import dev.pausa.cpython.capi.PyErr;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;
import dev.pausa.cpython.capi.PyTuple;
import dev.pausa.cpython.capi.PyUnicode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Simple values between Java and Python. All methods run attached; new references belong to the caller. */
final class Values {
    static final long NONE = PyObjects._Py_NoneStruct;

    private final Interpreter interpreter;
    private final long typeOffset;

    Values(Interpreter interpreter) {
        this.interpreter = interpreter;
        this.typeOffset = typeOffset();
    }

    /** Where {@code ob_type} lies in an object: free-threaded builds have it further back. */
    private static long typeOffset() {
        long type = PyObjects.PyObject_Type.call(NONE);
        PyObjects.Py_DecRef.call(type);
        long offset = 8;
        while (Native.getLong(NONE + offset) != type) {
            offset += 8;
        }
        return offset;
    }

    /** The exact type of an object, borrowed. */
    long type(long object) {
        return Native.getLong(object + typeOffset);
    }

    boolean isExactly(long object, long type) {
        return type(object) == type;
    }

    /** Whether an object is of this type or of a subclass, whatever its {@code __class__} says. */
    boolean isInstance(long object, long type) {
        long exact = type(object);
        return exact == type || (int) PyObjects.PyType_IsSubtype.call(exact, type) != 0;
    }

    /** The name of an object's type, for messages. */
    String typeName(long object) {
        long key = string("__name__");
        long name = PyObjects.PyObject_GetAttr.call(type(object), key);
        PyObjects.Py_DecRef.call(key);
        if (name == 0) {
            PyErr.PyErr_Clear.call(); // a metaclass of the application may do anything
            return "object";
        }
        String text = isInstance(name, PyUnicode.PyUnicode_Type) ? text(name) : "object";
        PyObjects.Py_DecRef.call(name);
        return text;
    }

    /**
     * An attribute, or 0 if there is none.
     *
     * @throws PythonException what the search raised, if that is no AttributeError
     */
    long attribute(long object, String name) {
        long key = string(name);
        try {
            return attribute(object, key);
        } finally {
            PyObjects.Py_DecRef.call(key);
        }
    }

    /** An attribute, or 0 if there is none; {@code name} is a Python string. */
    long attribute(long object, long name) {
        long value = PyObjects.PyObject_GetAttr.call(object, name);
        if (value == 0) {
            if ((int) PyErr.PyErr_ExceptionMatches.call(PyErr.PyExc_AttributeError) == 0) {
                throw interpreter.errors().fetch();
            }
            PyErr.PyErr_Clear.call();
        }
        return value;
    }

    /** A Python string; lone surrogates survive. */
    long string(String text) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        try {
            if (latin1(text)) {
                byte[] bytes = text.getBytes(ISO_8859_1);
                return Raised.check(
                        PyUnicode.PyUnicode_DecodeLatin1.call(scratch.copy(bytes, 0, bytes.length), bytes.length, 0));
            }
            byte[] bytes = new byte[2 * text.length()];
            for (int i = 0; i < text.length(); i++) {
                bytes[2 * i] = (byte) text.charAt(i);
                bytes[2 * i + 1] = (byte) (text.charAt(i) >> 8);
            }
            long copy = scratch.copy(bytes, 0, bytes.length);
            return Raised.check(PyUnicode.PyUnicode_Decode.call(
                    copy, bytes.length, scratch.ascii("utf-16-le"), scratch.ascii("surrogatepass")));
        } finally {
            scratch.release(mark);
        }
    }

    private static boolean latin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 255) {
                return false;
            }
        }
        return true;
    }

    /** The text of a {@code str} or of a subclass; raises TypeError for anything else. */
    String text(long string) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        long size = scratch.allocate(8);
        try {
            long utf8 = PyUnicode.PyUnicode_AsUTF8AndSize.call(string, size);
            if (utf8 == 0) {
                return surrogates(string);
            }
            byte[] bytes = new byte[(int) Native.getLong(size)];
            Native.copy(utf8, bytes, 0, bytes.length);
            boolean ascii = PyUnicode.PyUnicode_GetLength.call(string) == bytes.length;
            return new String(bytes, ascii ? ISO_8859_1 : UTF_8);
        } finally {
            scratch.release(mark);
        }
    }

    private String surrogates(long string) {
        if (type(string) != PyUnicode.PyUnicode_Type) {
            Raised.check(0);
        }
        PyErr.PyErr_Clear.call();
        Scratch scratch = interpreter.scratch();
        long encoded = Raised.check(PyUnicode.PyUnicode_AsEncodedString.call(
                string, scratch.ascii("utf-16-le"), scratch.ascii("surrogatepass")));
        byte[] bytes = bytes(encoded);
        PyObjects.Py_DecRef.call(encoded);
        var text = new char[bytes.length / 2]; // Java's decoder would replace lone surrogates
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().get(text);
        return new String(text);
    }

    private static byte[] bytes(long object) {
        byte[] bytes = new byte[(int) PyBytes.PyBytes_Size.call(object)];
        Native.copy(PyBytes.PyBytes_AsString.call(object), bytes, 0, bytes.length);
        return bytes;
    }

    /** A Python object for a Java value; see {@link Interpreter#call}. */
    long toPython(@Nullable Object value) {
        return switch (value) {
            case null -> none();
            case Boolean truth -> bool(truth);
            case Integer number -> PyNumber.PyLong_FromLongLong.call(number);
            case Long number -> PyNumber.PyLong_FromLongLong.call(number);
            case Double number -> PyNumber.fromDouble(number);
            case String text -> string(text);
            case byte[] bytes -> bytesOf(bytes);
            case List<?> list -> list(list);
            case Map<?, ?> map -> dict(map);
            case Callback callback -> interpreter.functions().callback(callback);
            case PythonObject object -> newReference(object.address());
            default ->
                throw new IllegalArgumentException(
                        "no Python object for a " + value.getClass().getName());
        };
    }

    /** Whether there is a Python object for a Java value, and for all that is in it. */
    static boolean hasLike(@Nullable Object value) {
        return switch (value) {
            case List<?> list -> list.stream().allMatch(Values::hasLike);
            case Map<?, ?> map ->
                map.keySet().stream().allMatch(Values::hasLike)
                        && map.values().stream().allMatch(Values::hasLike);
            case Boolean _, Integer _, Long _, Double _, String _, byte[] _, Callback _, PythonObject _ -> true;
            case null -> true;
            default -> false;
        };
    }

    private long bytesOf(byte[] bytes) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        try {
            return Raised.check(
                    PyBytes.PyBytes_FromStringAndSize.call(scratch.copy(bytes, 0, bytes.length), bytes.length));
        } finally {
            scratch.release(mark);
        }
    }

    private long list(List<?> values) {
        long list = Raised.check(PyList.PyList_New.call(values.size()));
        for (int i = 0; i < values.size(); i++) {
            PyList.PyList_SetItem.call(list, i, toPython(values.get(i)));
        }
        return list;
    }

    private long dict(Map<?, ?> values) {
        long dict = Raised.check(PyDict.PyDict_New.call());
        values.forEach((name, value) -> {
            long key = toPython(name);
            long object = toPython(value);
            Raised.checkStatus(PyDict.PyDict_SetItem.call(dict, key, object));
            PyObjects.Py_DecRef.call(key);
            PyObjects.Py_DecRef.call(object);
        });
        return dict;
    }

    /** A Java value for a borrowed Python object; what has none comes as a {@link PythonObject}. */
    @Nullable
    Object toJava(long object) {
        long type = type(object);
        if (object == NONE) {
            return null;
        } else if (type == PyNumber.PyBool_Type) {
            return object == PyNumber._Py_TrueStruct;
        } else if (type == PyNumber.PyLong_Type) {
            long number = PyNumber.PyLong_AsLongLong.call(object);
            if (number == -1 && PyErr.PyErr_Occurred.call() != 0) {
                throw interpreter.errors().fetch(); // more than 64 bits
            }
            return number;
        } else if (type == PyNumber.PyFloat_Type) {
            return PyNumber.asDouble(object);
        } else if (type == PyUnicode.PyUnicode_Type) {
            return text(object);
        } else if (type == PyBytes.PyBytes_Type) {
            return bytes(object);
        } else if (type == PyList.PyList_Type || type == PyTuple.PyTuple_Type) {
            return sequence(object, type == PyList.PyList_Type);
        }
        return new PythonObject(interpreter, newReference(object));
    }

    private List<@Nullable Object> sequence(long object, boolean list) {
        long size = list ? PyList.PyList_Size.call(object) : PyTuple.PyTuple_Size.call(object);
        var values = new ArrayList<@Nullable Object>();
        for (long i = 0; i < size; i++) {
            values.add(toJava(list ? PyList.PyList_GetItem.call(object, i) : PyTuple.PyTuple_GetItem.call(object, i)));
        }
        return values;
    }

    static long none() {
        return newReference(NONE);
    }

    static long bool(boolean truth) {
        return newReference(truth ? PyNumber._Py_TrueStruct : PyNumber._Py_FalseStruct);
    }

    static long newReference(long object) {
        PyObjects.Py_IncRef.call(object);
        return object;
    }

    /** Calls any callable; the result is a new reference, or 0 with an exception set. Arguments are borrowed. */
    long call(long callable, long... arguments) {
        Scratch scratch = interpreter.scratch();
        int mark = scratch.mark();
        try {
            if (PyObjects.PyObject_Vectorcall != null) {
                long array = scratch.allocate(8L * arguments.length);
                for (int i = 0; i < arguments.length; i++) {
                    Native.putLong(array + 8L * i, arguments[i]);
                }
                return PyObjects.PyObject_Vectorcall.call(callable, array, arguments.length, 0);
            }
            long tuple = Raised.check(PyTuple.PyTuple_New.call(arguments.length));
            for (int i = 0; i < arguments.length; i++) {
                PyTuple.PyTuple_SetItem.call(tuple, i, newReference(arguments[i]));
            }
            long result = PyObjects.PyObject_Call.call(callable, tuple, 0);
            PyObjects.Py_DecRef.call(tuple);
            return result;
        } finally {
            scratch.release(mark);
        }
    }
}
