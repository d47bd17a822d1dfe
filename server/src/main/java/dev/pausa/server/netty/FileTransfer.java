package dev.pausa.server.netty;

import io.netty.channel.DefaultFileRegion;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;

/**
 * A part of a file on its way to a connection, sent by the operating system. One piece for each turn of the event loop, so
 * that a client which takes bytes as fast as they come holds up nobody else. Used by the event loop only, once made.
 */
final class FileTransfer implements Runnable {
    private static final int PIECE = 512 * 1024;

    private final Http1Handler connection;
    private final ChannelOutput output;
    private final FileChannel file;
    private final long end;
    private long position;

    /** Takes over {@code file}. */
    FileTransfer(Http1Handler connection, ChannelOutput output, FileChannel file, long position, long count) {
        this.connection = connection;
        this.output = output;
        this.file = file;
        this.position = position;
        this.end = position + count;
    }

    /** Sends the next piece; or none any more, if the response was aborted. */
    @Override
    public void run() {
        if (output.aborted()) {
            close();
            return;
        }
        int size = (int) Math.min(PIECE, end - position);
        var piece = new Piece(file, position, size);
        connection.room.write(piece).addListener(done -> onSent(size, done.isSuccess() ? size : piece.transferred()));
    }

    private void onSent(int size, long sent) {
        position += size;
        if (sent == size && position < end) {
            // Later, though now: in the next turn of the loop.
            connection.channel().eventLoop().schedule(this, 0, TimeUnit.NANOSECONDS);
        } else {
            if (sent < size) {
                tellWhy();
            }
            close();
        }
        output.onFileSent(size, sent);
    }

    private void tellWhy() {
        try {
            if (file.size() < end) {
                Fault.APPLICATION.log(Level.WARNING, output, "the file became shorter while it was sent");
            }
        } catch (IOException unreadable) {
            Fault.APPLICATION.log(Level.WARNING, output, "the file cannot be read any more: " + unreadable);
        }
    }

    /** Nothing of it will be sent any more. */
    void close() {
        try {
            file.close();
        } catch (IOException failed) {
            Fault.SERVER.log(Level.WARNING, output, "the file that was sent cannot be closed: " + failed);
        }
    }

    /** Netty closes the file of a region that it is done with; this one has others after it. */
    private static final class Piece extends DefaultFileRegion {
        Piece(FileChannel file, long position, long count) {
            super(file, position, count);
        }

        @Override
        protected void deallocate() {}
    }
}
