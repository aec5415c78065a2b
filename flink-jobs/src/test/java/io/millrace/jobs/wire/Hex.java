package io.millrace.jobs.wire;

import java.util.HexFormat;

/** Golden bytes as tests write them: hexadecimal, with blanks between fields. */
public final class Hex {

    private Hex() {}

    public static byte[] bytes(String... fields) {
        return HexFormat.of().parseHex(String.join("", fields).replace(" ", ""));
    }
}
