package dev.pausa.cpython;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Java objects by a number that Python can hold. A number is never used twice, so a stale one finds nothing. */
final class Handles {
    private @Nullable Object[] objects = new Object[256];
    private int[] uses = new int[256];
    private int[] free = new int[256];
    private int freeCount;
    private int used;

    /** Keeps {@code object}; the number is above 0. */
    synchronized long add(Object object) {
        int index = freeCount > 0 ? free[--freeCount] : used++;
        if (index == objects.length) {
            objects = Arrays.copyOf(objects, index * 2);
            uses = Arrays.copyOf(uses, index * 2);
            free = Arrays.copyOf(free, index * 2);
        }
        objects[index] = object;
        return (long) ++uses[index] << 32 | index;
    }

    synchronized <T> @Nullable T get(long handle, Class<T> type) {
        int index = (int) handle;
        boolean current = index >= 0 && index < used && uses[index] == (int) (handle >>> 32);
        Object object = current ? objects[index] : null;
        return type.isInstance(object) ? type.cast(object) : null;
    }

    /** Forgets the object; a stale handle is left alone. */
    synchronized void remove(long handle) {
        int index = (int) handle;
        if (index >= 0 && index < used && uses[index] == (int) (handle >>> 32) && objects[index] != null) {
            objects[index] = null;
            free[freeCount++] = index;
        }
    }
}
