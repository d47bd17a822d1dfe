package dev.pausa.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    private static final long SELF = ProcessHandle.current().pid();

    /** No process has it: above the largest id of Linux. */
    private static final long DEAD = 1L << 40;

    @TempDir
    Path folder;

    @Test
    void appearsAndGoes() throws Exception {
        Path file = folder.resolve("pid");
        PidFile pid = PidFile.write(file, SELF);
        assertEquals(SELF + "\n", Files.readString(file));
        pid.remove();
        assertFalse(Files.exists(file));
    }

    @Test
    void aStaleOneIsReplaced() throws Exception {
        Path file = Files.writeString(folder.resolve("pid"), DEAD + "\n");
        PidFile.write(file, SELF);
        assertEquals(SELF + "\n", Files.readString(file));
    }

    @Test
    void anotherProcessesIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("pid"), SELF + "\n");
        StartFailure failure = assertThrows(StartFailure.class, () -> PidFile.write(file, DEAD));
        assertTrue(String.valueOf(failure.getMessage()).contains("is alive"));
        assertEquals(SELF + "\n", Files.readString(file));
    }

    @Test
    void oneThatChangedHandsStays() throws Exception {
        Path file = folder.resolve("pid");
        PidFile pid = PidFile.write(file, SELF);
        Files.writeString(file, DEAD + "\n");
        pid.remove();
        assertTrue(Files.exists(file));
    }

    @Test
    void aFolderThatIsMissing() {
        assertThrows(StartFailure.class, () -> PidFile.write(folder.resolve("no/pid"), SELF));
    }
}
