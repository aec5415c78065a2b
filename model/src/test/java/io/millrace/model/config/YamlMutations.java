package io.millrace.model.config;

import java.util.Random;

/** Damaged copies of a pipeline file's model part. */
final class YamlMutations {

    private static final String[] PIECES = {
        "\t",
        "\n",
        "  ",
        ":",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "&a ",
        "*a",
        "!!int ",
        "!<",
        "|",
        ">",
        "%YAML 9.9\n",
        "---\n",
        "...\n",
        "? ",
        "<<: ",
        "\\x",
        "\"\\U7fffffff\"",
        "\"\\ud800\"",
        "\u0000",
        "\ud800",
        "\ufeff",
        "\u2028",
        "~",
        "1e999",
        "99999999999999999999",
        "#",
        ",",
        "@",
        "`",
        "\r",
        "\u0085",
        "!e!x",
        "%TAG ! tag:x,2000:\n",
        "true",
        "-1",
        "d"
    };

    private YamlMutations() {}

    static String mutate(Random random) {
        StringBuilder text = new StringBuilder(ModelSpecs.CLICKS);
        int mutations = 1 + random.nextInt(4);
        for (int i = 0; i < mutations && text.length() > 0; i++) {
            mutate(text, random);
        }
        return text.toString();
    }

    private static void mutate(StringBuilder text, Random random) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + 1 + random.nextInt(20));
        switch (random.nextInt(6)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(at, text.substring(at, end));
            case 2 ->
                    text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
            case 3 -> text.setLength(at);
            default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        }
    }
}
