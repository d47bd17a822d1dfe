package dev.pausa.wsgi;

import java.io.PrintStream;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    /** A key with the type of its value. */
    public record Key<T>(String name, Class<T> type) {}

    public static final Key<Input> INPUT = new Key<>("wsgi.input", Input.class);
    public static final Key<PrintStream> ERRORS = new Key<>("wsgi.errors", PrintStream.class);
    public static final Key<PauseOutput> PAUSE_OUTPUT = new Key<>("wsgi.pause_output", PauseOutput.class);
    public static final Key<CallLater> CALL_LATER = new Key<>("pausa.call_later", CallLater.class);
    public static final Key<CloseReason.Query> CLOSE_REASON = new Key<>("pausa.close_reason", CloseReason.Query.class);

    private final Variables variables;
    private final Map<String, Object> constants;
    private final Map<String, Object> objects = HashMap.newHashMap(8);
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
    public <T> @Nullable T get(Key<T> key) {
        return key.type().cast((map == null ? objects : map).get(key.name()));
    }

    /** Sets a typed key. Does not touch the map. */
    public <T> void put(Key<T> key, T value) {
        (map == null ? objects : map).put(key.name(), value);
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
            map = LinkedHashMap.newLinkedHashMap(constants.size() + variables.size() + objects.size());
            map.putAll(constants);
            variables.copyTo(map);
            map.putAll(objects);
        }
        return map;
    }
}
