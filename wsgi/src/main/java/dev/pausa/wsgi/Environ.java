package dev.pausa.wsgi;

import java.io.PrintStream;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The environ (PEP 3333, "environ Variables"): one view of the request for two readers. Java sees a mutable map. CPython
 * builds its {@code dict} straight from {@link #variables()} as long as nobody in Java used the map ({@link #untouched()}).
 *
 * <p>Belongs to its request; used by one thread at a time.
 */
public final class Environ extends AbstractMap<String, Object> {
    public static final Key<Input> INPUT = new Key<>("wsgi.input", Input.class, 0);
    public static final Key<PrintStream> ERRORS = new Key<>("wsgi.errors", PrintStream.class, 1);
    public static final Key<PauseOutput> PAUSE_OUTPUT = new Key<>("wsgi.pause_output", PauseOutput.class, 2);
    public static final Key<CallLater> CALL_LATER = new Key<>("pausa.call_later", CallLater.class, 3);
    public static final Key<CloseReason.Query> CLOSE_REASON =
            new Key<>("pausa.close_reason", CloseReason.Query.class, 4);
    public static final Key<InputHandler> INPUT_HANDLER = new Key<>("wsgi.input_handler", InputHandler.class, 5);
    public static final Key<EarlyHints> EARLY_HINTS = new Key<>("wsgi.early_hints", EarlyHints.class, 6);

    private static final List<Key<?>> KEYS =
            List.of(INPUT, ERRORS, PAUSE_OUTPUT, CALL_LATER, CLOSE_REASON, INPUT_HANDLER, EARLY_HINTS);

    private final Variables variables;
    private final Map<String, Object> constants;
    private final @Nullable Object[] objects = new @Nullable Object[KEYS.size()];
    private @Nullable Map<String, Object> map;

    /** An environ of these variables; objects such as {@link #INPUT} are put in by the server. */
    public Environ(Variables variables) {
        this(variables, Map.of());
    }

    /**
     * An environ of these variables.
     *
     * @param constants immutable and the same for every request; they enter the map only, so a bridge to another language
     *     adds its own
     */
    public Environ(Variables variables, Map<String, Object> constants) {
        this.variables = variables;
        this.constants = constants;
    }

    /** The variables as they came, whatever was changed since. */
    public Variables variables() {
        return variables;
    }

    /** Whether {@link #variables()} and the values behind the typed keys still say everything. */
    public boolean untouched() {
        return map == null;
    }

    /** The value of a typed key, or {@code null}. Does not touch the map. */
    @SuppressWarnings("unchecked") // put() has the type
    public <T> @Nullable T get(Key<T> key) {
        return map == null ? (T) objects[key.slot] : key.type.cast(map.get(key.name));
    }

    /** Sets a typed key. Does not touch the map. */
    public <T> void put(Key<T> key, T value) {
        if (map == null) {
            objects[key.slot] = value;
        } else {
            map.put(key.name, value);
        }
    }

    @Override
    public @Nullable Object put(String key, Object value) {
        return map().put(key, value);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        return map().get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return map().containsKey(key);
    }

    @Override
    public @Nullable Object remove(@Nullable Object key) {
        return map().remove(key);
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        return map().entrySet();
    }

    private Map<String, Object> map() {
        if (map == null) {
            map = LinkedHashMap.newLinkedHashMap(constants.size() + variables.size() + objects.length);
            map.putAll(constants);
            variables.copyTo(map);
            for (Key<?> key : KEYS) {
                Object object = objects[key.slot];
                if (object != null) {
                    map.put(key.name, object);
                }
            }
        }
        return map;
    }

    /** A key with the type of its value. */
    public static final class Key<T> {
        private final String name;
        private final Class<T> type;
        private final int slot;

        private Key(String name, Class<T> type, int slot) {
            this.name = name;
            this.type = type;
            this.slot = slot;
        }

        /** As it stands in the map. */
        public String name() {
            return name;
        }
    }
}
