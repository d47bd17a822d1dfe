package dev.pausa.http1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code conformance/corpus}, whose README says how it is written.
 *
 * @param name the path below that folder, without the extension
 * @param accepted what is read of each request in it, as {@link Wire#read} tells it
 * @param refusal what comes after them, if anything does
 * @param inBody whether the refused request's head is right
 * @param bytes what comes over the wire
 */
record CorpusCase(
        String name, List<String> accepted, @Nullable Refusal refusal, boolean inBody, byte[] bytes) {
    private static final Path FOLDER = Path.of("..", "conformance", "corpus");
    private static final Pattern REPEAT = Pattern.compile("\\\\\\{(\\d+)\\*([^{}]*)}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9A-F]{2})|([rnt]))");
    private static final Pattern FIELD = Pattern.compile("field(?:\\*(\\d+))?");

    /** All of them. */
    static Stream<CorpusCase> all() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files
                    .filter(file -> file.toString().endsWith(".http"))
                    .sorted()
                    .map(CorpusCase::of)
                    .toList()
                    .stream();
        }
    }

    private static CorpusCase of(Path file) {
        List<String> paragraphs = new ArrayList<>(
                Arrays.stream(text(file).split("\n\n")).map(String::strip).toList());
        byte[] bytes = unescape(paragraphs.removeLast().replace("\n", "")).getBytes(StandardCharsets.ISO_8859_1);
        List<String> accepted = new ArrayList<>();
        Refusal refusal = null;
        boolean inBody = false;
        for (String paragraph : paragraphs) {
            List<String[]> lines = paragraph
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(": ?", 2))
                    .toList();
            if (lines.getFirst()[0].equals("refused")) {
                String[] refused = lines.getFirst()[1].split(" ", 2);
                refusal = new Refusal(
                        Integer.parseInt(refused[0]), refused[1], Objects.requireNonNull(value(lines, "reason")));
                inBody = value(lines, "in") != null;
            } else {
                accepted.add(read(lines));
            }
        }
        String name = FOLDER.relativize(file).toString().replace(".http", "");
        return new CorpusCase(name, accepted, refusal, inBody, bytes);
    }

    /** As {@link Wire#read} would tell it. */
    private static String read(List<String[]> lines) {
        String[] first =
                unescape(Objects.requireNonNull(value(lines, "accepted"))).split(" ", 3);
        String form = Objects.requireNonNullElse(value(lines, "form"), "origin");
        List<String> fields = new ArrayList<>();
        String framing = "None";
        for (String[] line : lines) {
            Matcher field = FIELD.matcher(line[0]);
            if (!field.matches()) {
                continue;
            }
            String[] parts = unescape(line[1]).split(": ?", 2);
            for (int i = field.group(1) == null ? 1 : Integer.parseInt(field.group(1)); i > 0; i--) {
                fields.add(parts[0] + ": " + parts[1]);
            }
            if (parts[0].equalsIgnoreCase("Content-Length")) {
                framing = "Length " + Integer.parseInt(parts[1]);
            } else if (parts[0].equalsIgnoreCase("Transfer-Encoding")) {
                framing = "Chunked";
            }
        }
        String body = value(lines, "body");
        return Wire.show("%s %s %s %s %s %s %s%s; %send"
                .formatted(
                        first[0],
                        first[1],
                        form.toUpperCase(Locale.ROOT),
                        first[2].substring("HTTP/".length()),
                        fields,
                        framing,
                        value(lines, "close") == null ? "keep-alive" : "close",
                        value(lines, "expect") == null ? "" : " expect",
                        body == null ? "" : "data " + unescape(body) + "; "));
    }

    private static @Nullable String value(List<String[]> lines, String key) {
        return lines.stream()
                .filter(line -> line[0].equals(key))
                .map(line -> line[1])
                .findFirst()
                .orElse(null);
    }

    /** Repetitions from the inside out, then the bytes that are written as escapes. */
    private static String unescape(String text) {
        String expanded = text;
        for (Matcher repeat = REPEAT.matcher(text); repeat.find(); repeat = REPEAT.matcher(expanded)) {
            expanded = repeat.replaceAll(
                    match -> Matcher.quoteReplacement(match.group(2).repeat(Integer.parseInt(match.group(1)))));
        }
        return ESCAPE.matcher(expanded)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(1) == null ? control(match.group(2)) : character(match.group(1))));
    }

    private static String control(String letter) {
        return letter.equals("r") ? "\r" : letter.equals("n") ? "\n" : "\t";
    }

    private static String character(String hexadecimal) {
        return String.valueOf((char) Integer.parseInt(hexadecimal, 16));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
