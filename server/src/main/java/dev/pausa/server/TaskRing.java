package dev.pausa.server;

import dev.pausa.exchange.TaskQueue.Task;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A FIFO of tasks with their sequence numbers that allocates only to grow. Guarded by its worker's lock. */
final class TaskRing {
    private @Nullable Task[] tasks = new @Nullable Task[64];
    private long[] numbers = new long[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    void add(Task task, long number) {
        if (size == tasks.length) {
            grow();
        }
        int tail = (head + size++) & (tasks.length - 1);
        tasks[tail] = task;
        numbers[tail] = number;
    }

    /** The sequence number of the oldest; {@link Long#MAX_VALUE} if there is none. */
    long first() {
        return size == 0 ? Long.MAX_VALUE : numbers[head];
    }

    /** Takes the oldest, or {@code null}. */
    @Nullable
    Task poll() {
        if (size == 0) {
            return null;
        }
        Task task = tasks[head];
        tasks[head] = null;
        head = (head + 1) & (tasks.length - 1);
        size--;
        return task;
    }

    private void grow() {
        int length = tasks.length;
        @Nullable Task[] more = Arrays.copyOf(tasks, length * 2);
        long[] moreNumbers = Arrays.copyOf(numbers, length * 2);
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (length - 1);
            more[i] = tasks[from];
            moreNumbers[i] = numbers[from];
        }
        Arrays.fill(more, size, more.length, null);
        tasks = more;
        numbers = moreNumbers;
        head = 0;
    }
}
