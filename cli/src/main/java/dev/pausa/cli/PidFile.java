package dev.pausa.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file of {@code --pid}: appears whole, with this process's id, and goes when the server ends. */
final class PidFile {
    private final Path path;
    private final long pid;

    private PidFile(Path path, long pid) {
        this.path = path;
        this.pid = pid;
    }

    /**
     * Writes the file. One that a dead process left behind is replaced.
     *
     * @throws StartFailure if it names another process that lives, or cannot be written
     */
    static PidFile write(Path file, long pid) throws StartFailure {
        Path path = file.toAbsolutePath();
        try {
            long other = Files.exists(path) ? read(path) : 0;
            if (other > 0 && other != pid && ProcessHandle.of(other).isPresent()) {
                throw new StartFailure("--pid " + file + ": the process " + other
                        + " that it names is alive; stop that, or remove the file");
            }
            Path whole = path.resolveSibling(path.getFileName() + "." + pid);
            Files.writeString(whole, pid + "\n");
            Files.move(whole, path, StandardCopyOption.ATOMIC_MOVE);
            return new PidFile(path, pid);
        } catch (NoSuchFileException e) {
            throw new StartFailure("--pid " + file + " cannot be written: there is no folder " + path.getParent());
        } catch (IOException e) {
            throw new StartFailure("--pid " + file + " cannot be written: " + e);
        }
    }

    /** Removes the file if it still is this process's. */
    void remove() throws IOException {
        if (Files.exists(path) && read(path) == pid) {
            Files.delete(path);
        }
    }

    private static long read(Path path) throws IOException {
        String text = Files.readString(path).strip();
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
