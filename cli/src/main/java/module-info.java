/** The command line: wiring and configuration. */
@org.jspecify.annotations.NullMarked
module dev.pausa.cli {
    requires dev.pausa.cpython;
    requires dev.pausa.server;
    requires info.picocli;
    requires java.logging;
    requires static transitive org.jspecify;

    opens dev.pausa.cli to
            info.picocli;
}
