package io.millrace.model.version;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {

    private static final String FILE = VersionPaths.manifest(SampleModel.NAME, 42);

    @Test
    void usageExample() throws IOException {
        MemoryVersionStorage storage = new MemoryVersionStorage();
        Manifest manifest = sample();
        storage.putIfAbsent(manifest.path(), manifest.toBytes());

        assertThat(Manifest.read(storage, "clicks", 42)).isEqualTo(manifest);
    }

    @Test
    void hasTheseBytes() throws IOException {
        GoldenFile.assertEqual("manifest.json", new String(sample().toBytes(), UTF_8));
        assertThat(parse(GoldenFile.read("manifest.json").getBytes(UTF_8))).isEqualTo(sample());
    }

    @Test
    void leavesOutMetricsWithoutAValue() {
        Manifest manifest =
                withMetrics(Map.of("auc", Double.NaN, "rmse", Double.POSITIVE_INFINITY, "mae", 1d));

        assertThat(manifest.metrics()).containsOnlyKeys("mae");
    }

    @Test
    void orderOfPartsAndMapsDoesNotMatter() {
        PartInfo a = part("part-0-a.rows");
        PartInfo b = part("part-1-b.rows");

        assertThat(withParts(a, b)).isEqualTo(withParts(b, a));
        assertThat(withParts(a, b).toBytes()).isEqualTo(withParts(b, a).toBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "formatVersion",
                "model",
                "version",
                "parent",
                "checkpointId",
                "offsets",
                "watermark",
                "specHash",
                "spec",
                "parts",
                "tombstones",
                "metrics",
                "examples",
                "createdAt"
            })
    void namesAFieldThatIsMissingOrMistyped(String field) {
        assertThatThrownBy(() -> parse(changed(json -> json.remove(field))))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessage(FILE + ": field " + field + " is missing");
        assertThatThrownBy(() -> parse(changed(json -> json.put(field, true))))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageStartingWith(FILE + ": field " + field + " should be ");
    }

    @Test
    void namesWhatIsWrongInside() {
        assertRefused(json -> json.put("extra", 1), "field extra is unknown");
        assertRefused(json -> part(json).put("path", 1), "field parts[0].path should be text");
        assertRefused(json -> part(json).remove("bytes"), "field parts[0].bytes is missing");
        assertRefused(json -> part(json).put("x", 1), "field parts[0].x is unknown");
        assertRefused(json -> part(json).put("shard", 1L << 40), "parts[0].shard is out of range");
        assertRefused(json -> part(json).put("crc32c", 1L << 32), "number out of range");
        assertRefused(json -> part(json).put("rows", -1), "number out of range");
        assertRefused(json -> part(json).put("path", "clicks/1/x"), "outside");
        assertRefused(json -> json.withArray("parts").add(part(json)), "twice");
        assertRefused(json -> json.withArray("parts").add(3), "field parts[1] should be an object");
        assertRefused(
                json -> json.withObject("/offsets/clicks").put("x", 1),
                "field offsets.clicks.x is not a partition");
        assertRefused(
                json -> json.withObject("/offsets/clicks").put("0", "x"),
                "field offsets.clicks.0 should be a whole number");
        assertRefused(json -> json.withObject("/offsets/clicks").put("0", -1), "offset -1");
        assertRefused(
                json -> json.withObject("/metrics").put("auc", "high"),
                "field metrics.auc should be a number");
        assertRefused(json -> json.put("version", 1.5), "field version should be a whole number");
        assertRefused(json -> json.put("parent", 42), "cannot be a delta to version 42");
        assertRefused(json -> json.put("parent", 43), "cannot be a delta to version 43");
        assertRefused(json -> json.put("parent", -1), "cannot be a delta to version -1");
        assertRefused(json -> json.put("model", "../x"), "model name");
    }

    @Test
    void refusesAnotherFormat() {
        assertThatThrownBy(() -> parse(changed(json -> json.put("formatVersion", 2))))
                .isInstanceOf(IncompatibleVersionException.class)
                .hasMessageContaining(FILE)
                .hasMessageContaining("format 2");
    }

    @Test
    void refusesTheManifestOfAnotherVersion() throws IOException {
        MemoryVersionStorage storage = new MemoryVersionStorage();
        storage.replace(VersionPaths.manifest("clicks", 43), sample().toBytes());

        assertThatThrownBy(() -> Manifest.read(storage, "clicks", 43))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("manifest of model clicks, version 42");
        assertThatThrownBy(() -> Manifest.read(storage, "clicks", 44))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void refusesEveryTruncation() {
        byte[] file = sample().toBytes();
        for (int length = 0; length < file.length; length++) {
            byte[] cut = Arrays.copyOf(file, length);
            assertThatThrownBy(() -> parse(cut)).isInstanceOf(DamagedVersionException.class);
        }
    }

    @Test
    void refusesEveryFlippedBit() {
        byte[] file = sample().toBytes();
        for (int bit = 0; bit < file.length * 8; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> parse(flipped))
                    .as("bit %d", bit)
                    .isInstanceOf(DamagedVersionException.class)
                    .hasMessageStartingWith(FILE);
        }
    }

    @Test
    void refusesWhatIsNoJsonObjectThoughItsChecksumIsRight() {
        byte[] file = ChecksummedJson.write(ChecksummedJson.object());
        assertThatThrownBy(() -> parse(file)).hasMessageContaining("formatVersion is missing");
        assertThatThrownBy(() -> parse("[]".getBytes(UTF_8)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageContaining("no checksum");
    }

    static Manifest sample() {
        return SampleModel.manifest(42, 41L, List.of(part("part-0-a.rows")), 2);
    }

    private static PartInfo part(String name) {
        return new PartInfo(VersionPaths.folder("clicks", 42) + "/" + name, 0, 5, 300, 0xFFFF0000L);
    }

    private static ObjectNode part(ObjectNode json) {
        return (ObjectNode) json.withArray("parts").get(0);
    }

    private static Manifest withParts(PartInfo... parts) {
        return SampleModel.manifest(42, 41L, List.of(parts), 2);
    }

    private static Manifest withMetrics(Map<String, Double> metrics) {
        Manifest m = sample();
        return new Manifest(
                m.model(),
                m.version(),
                m.parent(),
                m.checkpointId(),
                m.offsets(),
                m.watermark(),
                m.specHash(),
                m.spec(),
                m.parts(),
                m.tombstones(),
                new HashMap<>(metrics),
                m.examples(),
                m.createdAt());
    }

    private static void assertRefused(Consumer<ObjectNode> change, String message) {
        assertThatThrownBy(() -> parse(changed(change)))
                .isInstanceOf(DamagedVersionException.class)
                .hasMessageStartingWith(FILE)
                .hasMessageContaining(message);
    }

    /** The sample's file with another content but a right checksum. */
    private static byte[] changed(Consumer<ObjectNode> change) throws IOException {
        ObjectNode json = ChecksummedJson.parse(sample().toBytes(), FILE);
        change.accept(json);
        return ChecksummedJson.write(json);
    }

    private static Manifest parse(byte[] bytes) throws IOException {
        return ManifestJson.read(ChecksummedJson.parse(bytes, FILE), FILE);
    }
}
