package dev.pausa.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The requests of {@code conformance/corpus}, whose README says how they are written, as the bytes that they stand for. */
final class Seeds {
    private static final Pattern REPEAT = Pattern.compile("\\\\\\{(\\d+)\\*([^{}]*)\\}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x([0-9A-F]{2})|[rnt])");

    private Seeds() {}

    /** Writes the bytes of each file below the first folder into a file of the second one, which is there. */
    public static void main(String[] folders) throws IOException {
        int number = 0;
        for (Path file : files(Path.of(folders[0]))) {
            Files.write(Path.of(folders[1], "corpus-" + number++), bytes(file));
        }
    }

    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".http"))
                    .sorted()
                    .toList();
        }
    }

    static byte[] bytes(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        String request =
                text.substring(text.lastIndexOf("\n\n", text.length() - 2) + 2).replace("\n", "");
        for (String before = ""; !before.equals(request); ) {
            before = request;
            request = REPEAT.matcher(request)
                    .replaceAll(
                            found -> Matcher.quoteReplacement(found.group(2).repeat(Integer.parseInt(found.group(1)))));
        }
        String unescaped =
                ESCAPE.matcher(request).replaceAll(found -> Matcher.quoteReplacement(unescape(found.group(1))));
        return unescaped.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String unescape(String escape) {
        return switch (escape) {
            case "r" -> "\r";
            case "n" -> "\n";
            case "t" -> "\t";
            default -> String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
        };
    }
}
