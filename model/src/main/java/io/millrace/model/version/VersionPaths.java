package io.millrace.model.version;

import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths of a version's files: {@code <model>/<version, 20 digits>/<file>}. */
public final class VersionPaths {

    private static final String MANIFEST = "manifest.json";
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final Pattern IN_VERSION = Pattern.compile("[^/]+/([0-9]{20})/(.+)");

    private VersionPaths() {}

    /** The folder of a version; padded, so that names sort as numbers do. */
    public static String folder(String model, long version) {
        if (version < 0) {
            throw new IllegalArgumentException("version " + version + " is negative");
        }
        return checkedModel(model) + "/" + String.format(Locale.ROOT, "%020d", version);
    }

    /** The file whose existence makes a version complete. */
    public static String manifest(String model, long version) {
        return folder(model, version) + "/" + MANIFEST;
    }

    /** The file that names a version's compacted rows, when there are any. */
    public static String base(String model, long version) {
        return folder(model, version) + "/base.json";
    }

    /** The dense tensors of a version, for other tools; Millrace itself does not read it. */
    public static String dense(String model, long version) {
        return folder(model, version) + "/dense.safetensors";
    }

    /** A path for a shard's part, never given out before: a repeated attempt gets another one. */
    public static String newPart(String model, long version, int shard) {
        return folder(model, version) + "/part-" + shard + "-" + UUID.randomUUID() + ".rows";
    }

    /** Whether a path is one that {@link #newPart} gives to this shard. */
    static boolean isPartOf(String path, int shard) {
        return path.startsWith("part-" + shard + "-", path.lastIndexOf('/') + 1);
    }

    /** A path for compacted rows, never given out before. */
    static String newBaseRows(String model, long version) {
        return folder(model, version) + "/base-" + UUID.randomUUID() + ".rows";
    }

    /** Whether a path is one that {@link #newBaseRows} gives. */
    static boolean isBaseRows(String path) {
        return path.startsWith("base-", path.lastIndexOf('/') + 1);
    }

    /** The version in whose folder a file is. */
    static OptionalLong versionOf(String path) {
        Matcher matcher = IN_VERSION.matcher(path);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(matcher.group(1)));
        } catch (NumberFormatException tooLarge) {
            return OptionalLong.empty();
        }
    }

    static boolean isManifest(String path) {
        Matcher matcher = IN_VERSION.matcher(path);
        return matcher.matches() && matcher.group(2).equals(MANIFEST);
    }

    static String checkedModel(String model) {
        if (!MODEL.matcher(model).matches()) {
            throw new IllegalArgumentException(
                    "model name \""
                            + model
                            + "\" is not of letters, digits, '.', '_' and '-', or starts with a "
                            + "dot");
        }
        return model;
    }
}
