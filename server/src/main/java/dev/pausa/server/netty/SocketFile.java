package dev.pausa.server.netty;

import dev.pausa.server.Listener;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket that this process listens on.
 *
 * @param path of the file
 * @param key of the file, which another one in its place does not have
 * @param descriptor of the listening socket
 */
record SocketFile(Path path, @Nullable Object key, int descriptor) {
    private static final System.Logger LOG = System.getLogger("dev.pausa.server");

    // Kinds of files, stat(2)
    private static final int S_IFMT = 0170000;
    private static final int S_IFSOCK = 0140000;

    /**
     * Makes the file and listens. It has its mode and owner before anybody can connect.
     *
     * @throws IOException saying why not
     */
    static SocketFile listen(Listener.Unix unix, int backlog) throws IOException {
        Path path = Path.of(unix.path());
        removeStale(path);
        Socket socket = Socket.newSocketDomain();
        boolean bound = false;
        boolean listens = false;
        try {
            socket.bind(new DomainSocketAddress(unix.path()));
            bound = true;
            Files.setAttribute(path, "unix:mode", unix.mode());
            own(path, unix.owner());
            socket.listen(backlog);
            SocketFile file = new SocketFile(path, key(path), socket.intValue());
            listens = true;
            return file;
        } finally {
            if (!listens) {
                socket.close();
                if (bound) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    /** Removes the file, unless another one took its place. */
    void remove() {
        try {
            if (key != null && key.equals(key(path))) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException removedAlready) {
            // as wanted
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "[server] {0} was not removed: {1}", path, failed);
        }
    }

    private static @Nullable Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static void removeStale(Path path) throws IOException {
        int mode;
        try {
            mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException free) {
            return;
        }
        if ((mode & S_IFMT) != S_IFSOCK) {
            throw new IOException("a file that is no socket is there");
        }
        try (SocketChannel probe = SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (ConnectException nobodyListens) {
            Files.deleteIfExists(path);
            return;
        }
        throw new IOException("somebody listens there already");
    }

    private static void own(Path path, String owner) throws IOException {
        int colon = owner.indexOf(':');
        String user = colon < 0 ? owner : owner.substring(0, colon);
        String group = colon < 0 ? "" : owner.substring(colon + 1);
        var view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        UserPrincipalLookupService names = path.getFileSystem().getUserPrincipalLookupService();
        try {
            if (!group.isEmpty()) {
                view.setGroup(names.lookupPrincipalByGroupName(group));
            }
            if (!user.isEmpty()) {
                view.setOwner(names.lookupPrincipalByName(user));
            }
        } catch (UserPrincipalNotFoundException unknown) {
            throw new IOException("no such user or group: " + owner, unknown);
        }
    }
}
