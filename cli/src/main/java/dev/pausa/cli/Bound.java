package dev.pausa.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What {@code docs/limits.md} says of an option that bounds something, beside its description. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Bound {
    /** What the client gets that exceeds it. */
    String client();

    /** The rule behind it: RFC and section, a number of the pausing specification; empty if there is none. */
    String rule() default "";

    /** Why the default is what it is. */
    String why();

    /** The default, where the field does not hold it. */
    String defaultValue() default "";
}
