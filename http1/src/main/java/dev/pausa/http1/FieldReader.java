package dev.pausa.http1;

import java.util.Arrays;

/**
 * Reads field lines and the empty line after them (RFC 9112, 5): of a head, or of a trailer section. It judges syntax
 * and sizes, not what the fields say.
 */
final class FieldReader {
    private static final int INITIAL = 16;

    private enum Part {
        LINE_START,
        NAME,
        BEFORE_VALUE,
        VALUE,
        LINE_FEED,
        LAST_LINE_FEED
    }

    private final HeadLimits limits;
    private Part part = Part.LINE_START;
    private int[] spans = new int[INITIAL * RequestHead.SPAN];
    private int count;
    private int sectionStart = -1;
    private int lineStart;
    private int colon;
    private int valueStart;

    FieldReader(HeadLimits limits) {
        this.limits = limits;
    }

    /** Reads on from the position of {@code in}; true when the empty line was read. */
    boolean read(HeadBuffer in) {
        if (sectionStart < 0) {
            sectionStart = in.position;
        }
        while (in.position < in.filled) {
            switch (part) {
                case LINE_START -> lineStart(in);
                case NAME -> name(in);
                case BEFORE_VALUE -> beforeValue(in);
                case VALUE -> value(in);
                case LINE_FEED -> lineFeed(in);
                case LAST_LINE_FEED -> {
                    expectLineFeed(in);
                    return true;
                }
            }
        }
        if (part == Part.NAME || part == Part.BEFORE_VALUE || part == Part.VALUE) {
            checkSize(in.position, in.position);
        }
        return false;
    }

    /** The offsets of all lines, {@link RequestHead#SPAN} ints each; ready for another section then. */
    int[] release() {
        int[] all = Arrays.copyOf(spans, count * RequestHead.SPAN);
        part = Part.LINE_START;
        count = 0;
        sectionStart = -1;
        return all;
    }

    private void lineStart(HeadBuffer in) {
        byte b = in.bytes[in.position];
        if (b == '\r') {
            in.position++;
            part = Part.LAST_LINE_FEED;
            return;
        }
        if (Tokens.is(b, Tokens.SPACE)) {
            throw count == 0
                    ? Refused.bad("RFC 9112, 2.2", "white space before the first field line")
                    : Refused.bad("RFC 9112, 5.2", "a folded field line");
        }
        if (b != '\n' && count == limits.fields()) {
            throw Refused.with(431, "RFC 6585, 5", "more than " + limits.fields() + " field lines");
        }
        lineStart = in.position;
        part = Part.NAME;
    }

    private void name(HeadBuffer in) {
        in.position = Tokens.skip(in.bytes, in.position, in.filled, Tokens.TCHAR);
        if (in.position == in.filled) {
            return;
        }
        byte b = in.bytes[in.position];
        if (b != ':') {
            throw refuse(in, b, Tokens.is(b, Tokens.SPACE) ? "before the colon of a field line" : "in a field name");
        }
        if (in.position == lineStart) {
            throw refuse(in, b, "where a field name should begin");
        }
        colon = in.position++;
        part = Part.BEFORE_VALUE;
    }

    private void beforeValue(HeadBuffer in) {
        in.position = Tokens.skip(in.bytes, in.position, in.filled, Tokens.SPACE);
        if (in.position < in.filled) {
            valueStart = in.position;
            part = Part.VALUE;
        }
    }

    private void value(HeadBuffer in) {
        in.position = Tokens.skip(in.bytes, in.position, in.filled, Tokens.VALUE);
        if (in.position == in.filled) {
            return;
        }
        byte b = in.bytes[in.position];
        if (b != '\r') {
            throw refuse(in, b, "in a field value");
        }
        checkSize(in.position, in.position + 2);
        add(trimmed(in.bytes, in.position));
        in.position++;
        part = Part.LINE_FEED;
    }

    private void lineFeed(HeadBuffer in) {
        expectLineFeed(in);
        part = Part.LINE_START;
    }

    private int trimmed(byte[] bytes, int end) {
        int trimmed = end;
        while (trimmed > valueStart && Tokens.is(bytes[trimmed - 1], Tokens.SPACE)) {
            trimmed--;
        }
        return trimmed;
    }

    private void add(int valueEnd) {
        int at = count++ * RequestHead.SPAN;
        if (at == spans.length) {
            spans = Arrays.copyOf(spans, 2 * spans.length);
        }
        spans[at] = lineStart;
        spans[at + 1] = colon - lineStart;
        spans[at + 2] = valueStart;
        spans[at + 3] = valueEnd - valueStart;
    }

    private static void expectLineFeed(HeadBuffer in) {
        if (in.bytes[in.position] != '\n') {
            throw Refused.bad("RFC 9112, 2.2", "a bare carriage return in the field lines");
        }
        in.position++;
    }

    /** The sizes are judged before anything else, so that a line is refused alike in whatever pieces it comes. */
    private Refused refuse(HeadBuffer in, byte found, String where) {
        int end = found == '\r' ? in.position : in.position + 1;
        checkSize(end, end);
        return Refused.badByte("RFC 9112, 5", found, where);
    }

    /** Of two limits that are both exceeded, the one that was reached first counts. */
    private void checkSize(int lineEnd, int sectionEnd) {
        boolean line = lineEnd - lineStart > limits.fieldSize();
        boolean section = sectionEnd - sectionStart > limits.headSize();
        if (section && (!line || limits.headSize() - (lineStart - sectionStart) < limits.fieldSize())) {
            throw Refused.with(431, "RFC 6585, 5", "field lines of more than " + limits.headSize() + " bytes together");
        }
        if (line) {
            throw Refused.with(431, "RFC 6585, 5", "a field line of more than " + limits.fieldSize() + " bytes");
        }
    }
}
