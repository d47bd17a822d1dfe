package dev.pausa.cpython;

import dev.pausa.cpython.capi.Native;
import dev.pausa.cpython.capi.PyList;
import dev.pausa.cpython.capi.PyNumber;
import dev.pausa.cpython.capi.PyObjects;

/**
 * What stands for a request in Python: a list of one element, and the functions that are bound to it. The element is a
 * number by which Java finds the request and, once that is over, the reason why (P30). The next request gets the same
 * objects, unless the application kept one of them. Used attached only.
 *
 * @param list the list; a reference is owned, as to each of the functions
 */
record Cell(
        long list,
        long startResponse,
        long write,
        long pauseOutput,
        long callLater,
        long closeReason,
        long inputHandler,
        long earlyHints) {
    private static final int FUNCTIONS = 7;

    /** A request begins, which Java finds by {@code number}. */
    void enter(long number) {
        set(PyNumber.PyLong_FromLongLong.call(number));
    }

    /** The request is over; a reference to {@code reason} is taken. */
    void leave(long reason) {
        set(reason);
    }

    private void set(long element) {
        PyList.PyList_SetItem_Simple.call(list, 0, element);
    }

    /** Whether nobody else holds the list or a function; weak references are found at {@code weakReferences}. */
    boolean unshared(long weakReferences) {
        return references(list) == 1 + FUNCTIONS
                && unshared(startResponse, weakReferences)
                && unshared(write, weakReferences)
                && unshared(pauseOutput, weakReferences)
                && unshared(callLater, weakReferences)
                && unshared(closeReason, weakReferences)
                && unshared(inputHandler, weakReferences)
                && unshared(earlyHints, weakReferences);
    }

    private static boolean unshared(long function, long weakReferences) {
        return references(function) == 1 && Native.getLong(function + weakReferences) == 0;
    }

    /** {@code ob_refcnt}: as in the stable ABI, but for CPython 3.12 and later that have something else in its upper half. */
    private static int references(long object) {
        return Native.getInt(object);
    }

    /** Gives all references back. */
    void release() {
        PyObjects.Py_DecRef.call(startResponse);
        PyObjects.Py_DecRef.call(write);
        PyObjects.Py_DecRef.call(pauseOutput);
        PyObjects.Py_DecRef.call(callLater);
        PyObjects.Py_DecRef.call(closeReason);
        PyObjects.Py_DecRef.call(inputHandler);
        PyObjects.Py_DecRef.call(earlyHints);
        PyObjects.Py_DecRef.call(list);
    }
}
