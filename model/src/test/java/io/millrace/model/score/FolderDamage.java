package io.millrace.model.score;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** A folder of versions that is damaged at random, again and again, and mended in between. */
final class FolderDamage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHECKSUM = "\"checksum\" : \"";

    private final Path root;
    private final Random random;
    private final SortedMap<String, byte[]> intact = new TreeMap<>();
    private final List<String> files;

    FolderDamage(Path root, Random random) throws IOException {
        this.root = root;
        this.random = random;
        try (Stream<Path> walk = Files.walk(root)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                intact.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        files = List.copyOf(intact.keySet());
    }

    /** Damages one or two files; says how, the kind first. */
    String apply() throws IOException {
        String file = any(files);
        byte[] bytes = intact.get(file);
        return switch (random.nextInt(14)) {
            case 0 -> replaced("flipped bits", file, flipped(bytes));
            case 1 -> replaced("cut off", file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            case 2 -> replaced("extended", file, extended(bytes));
            case 3 -> replaced("zeroed range", file, zeroed(bytes));
            case 4 -> replaced("emptied", file, new byte[0]);
            case 5 -> deleted(file);
            case 6 -> replaced("replaced by another file", file, intact.get(any(files)));
            case 7 -> swapped(file, any(files));
            case 8 -> notAFile(file);
            case 9, 10, 11 -> editedJson();
            default -> editedRows();
        };
    }

    /** Puts everything back as it was. */
    void mend() throws IOException {
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        byte[] before = intact.get(root.relativize(file).toString());
                        if (before == null
                                || !attributes.isRegularFile()
                                || !Arrays.equals(before, Files.readAllBytes(file))) {
                            Files.delete(file);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        for (Map.Entry<String, byte[]> entry : intact.entrySet()) {
            Path file = root.resolve(entry.getKey());
            if (Files.isDirectory(file)) {
                Files.delete(file);
            }
            if (!Files.exists(file)) {
                Files.write(file, entry.getValue());
            }
        }
    }

    private String replaced(String how, String file, byte[] bytes) throws IOException {
        Files.write(root.resolve(file), bytes);
        return how + ": " + file;
    }

    private byte[] flipped(byte[] bytes) {
        byte[] damaged = bytes.clone();
        for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
            damaged[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }

    private byte[] extended(byte[] bytes) {
        byte[] damaged = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(100));
        if (random.nextBoolean()) {
            Arrays.fill(damaged, bytes.length, damaged.length, (byte) random.nextInt(256));
        }
        return damaged;
    }

    private byte[] zeroed(byte[] bytes) {
        byte[] damaged = bytes.clone();
        int from = random.nextInt(bytes.length);
        Arrays.fill(damaged, from, from + 1 + random.nextInt(bytes.length - from), (byte) 0);
        return damaged;
    }

    private String deleted(String file) throws IOException {
        Files.delete(root.resolve(file));
        return "deleted: " + file;
    }

    private String swapped(String a, String b) throws IOException {
        Files.write(root.resolve(a), intact.get(b));
        Files.write(root.resolve(b), intact.get(a));
        return "swapped: " + a + " and " + b;
    }

    private String notAFile(String file) throws IOException {
        Path path = root.resolve(file);
        Files.delete(path);
        switch (random.nextInt(5)) {
            case 0 -> Files.createDirectory(path);
            case 1 -> Files.createSymbolicLink(path, Path.of("nowhere"));
            case 2 -> Files.createSymbolicLink(path, path.getFileName());
            case 3 -> Files.createSymbolicLink(path, Path.of("/dev/zero"));
            default -> Files.createSymbolicLink(path, root.resolve(any(files)));
        }
        return "not a file: " + file;
    }

    // -- files with a checksum that is right

    private String editedJson() throws IOException {
        String file = any(files.stream().filter(name -> name.endsWith(".json")).toList());
        ObjectNode json = json(file);
        String edit = new JsonDamage(random).apply(json);
        Files.write(root.resolve(file), guarded(json));
        return "field edited: " + file + " " + edit;
    }

    private String editedRows() throws IOException {
        String file = any(files.stream().filter(name -> name.endsWith(".rows")).toList());
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        List<String> others =
                files.stream()
                        .filter(name -> name.startsWith(folder + "part-") && !name.equals(file))
                        .toList();
        RowFileDamage rows = new RowFileDamage(intact.get(file), random);
        String edit =
                others.isEmpty() || file.contains("base-")
                        ? rows.apply()
                        : rows.applyOrTake(intact.get(others.get(0)));
        byte[] bytes = rows.toBytes();
        Files.write(root.resolve(file), bytes);
        if (random.nextInt(8) == 0) {
            return "rows edited, manifest not: " + file + " " + edit;
        }
        String owner = folder + (file.contains("base-") ? "base.json" : "manifest.json");
        ObjectNode json = json(owner);
        ObjectNode entry = (ObjectNode) json.get("rows");
        for (JsonNode part : json.path("parts")) {
            if (file.endsWith(part.get("path").textValue())) {
                entry = (ObjectNode) part;
            }
        }
        entry.put("bytes", bytes.length).put("rows", rows.count()).put("crc32c", rows.checksum());
        Files.write(root.resolve(owner), guarded(json));
        return "rows and manifest edited: " + file + " " + edit;
    }

    private ObjectNode json(String file) throws IOException {
        return (ObjectNode) JSON.readTree(intact.get(file));
    }

    /** With a checksum that is right, if there is one at all. */
    static byte[] guarded(ObjectNode json) throws IOException {
        if (json.path("checksum").isTextual()) {
            json.put("checksum", "00000000");
        }
        String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json);
        int at = text.indexOf(CHECKSUM);
        if (at < 0) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        String digits = String.format("%08x", crc.getValue());
        int from = at + CHECKSUM.length();
        return (text.substring(0, from) + digits + text.substring(from + 8))
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Nearly always one of the later versions: nobody reads the first ones, which are compacted.
     */
    private String any(List<String> names) {
        List<String> later = names.stream().filter(name -> version(name) > 2).toList();
        return random.nextInt(20) == 0 ? pick(names) : pick(later);
    }

    private static int version(String file) {
        return Integer.parseInt(file.split("/")[1]);
    }

    private String pick(List<String> names) {
        return names.get(random.nextInt(names.size()));
    }

    /** The kind in what {@link #apply} says. */
    static String kind(String damage) {
        return damage.substring(0, damage.indexOf(':'));
    }
}
