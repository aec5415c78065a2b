package io.millrace.model.version;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Manifests as JSON. */
final class ManifestJson {

    private static final int FORMAT_VERSION = 1;

    private ManifestJson() {}

    static byte[] write(Manifest manifest) {
        ObjectNode json = ChecksummedJson.object();
        json.put("formatVersion", FORMAT_VERSION)
                .put("model", manifest.model())
                .put("version", manifest.version())
                .put("parent", manifest.parent())
                .put("checkpointId", manifest.checkpointId())
                .put("watermark", manifest.watermark())
                .put("specHash", manifest.specHash())
                .put("tombstones", manifest.tombstones())
                .put("examples", manifest.examples())
                .put("createdAt", manifest.createdAt())
                .set("spec", manifest.spec());
        ObjectNode offsets = json.putObject("offsets");
        manifest.offsets()
                .forEach(
                        (topic, partitions) -> {
                            ObjectNode byPartition = offsets.putObject(topic);
                            partitions.forEach(
                                    (partition, offset) ->
                                            byPartition.put(Integer.toString(partition), offset));
                        });
        json.put("shards", manifest.parts().size());
        ArrayNode parts = json.putArray("parts");
        manifest.parts().forEach(part -> parts.add(write(part)));
        ObjectNode metrics = json.putObject("metrics");
        manifest.metrics().forEach(metrics::put);
        return ChecksummedJson.write(json);
    }

    static Manifest read(ObjectNode json, String file) throws VersionException {
        JsonFields fields = new JsonFields(file, json);
        checkFormat(fields, file, "manifest", FORMAT_VERSION);
        try {
            Manifest manifest =
                    new Manifest(
                            fields.text("model"),
                            fields.whole("version"),
                            parent(fields),
                            fields.whole("checkpointId"),
                            offsets(fields.object("offsets")),
                            fields.whole("watermark"),
                            fields.text("specHash"),
                            fields.node("spec"),
                            parts(fields.objects("parts")),
                            fields.whole("tombstones"),
                            metrics(fields.object("metrics")),
                            fields.whole("examples"),
                            fields.whole("createdAt"));
            checkShards(fields, manifest.parts());
            fields.end();
            return manifest;
        } catch (IllegalArgumentException contradiction) {
            throw new DamagedVersionException(
                    file, String.valueOf(contradiction.getMessage()), contradiction);
        }
    }

    /** Each shard has written one part, whose name tells the shard. */
    private static void checkShards(JsonFields fields, List<PartInfo> parts)
            throws DamagedVersionException {
        long shards = fields.whole("shards");
        if (shards != parts.size()) {
            throw fields.damaged(
                    "shards",
                    "is " + shards + " but there are " + parts.size() + " parts; one is lost");
        }
        Set<Integer> seen = new HashSet<>();
        for (PartInfo part : parts) {
            int shard = part.shard();
            if (shard >= shards || !seen.add(shard)) {
                throw fields.damaged(
                        "parts", "names shard " + shard + " twice, or beyond its " + shards);
            }
            if (!VersionPaths.isPartOf(part.path(), shard)) {
                throw fields.damaged(
                        "parts", "says that shard " + shard + " has written " + part.path());
            }
        }
    }

    static void checkFormat(JsonFields fields, String file, String kind, int known)
            throws VersionException {
        long format = fields.whole("formatVersion");
        if (format != known) {
            throw new IncompatibleVersionException(
                    file, kind + " format " + format + " is unknown; this reader knows " + known);
        }
    }

    static ObjectNode write(PartInfo part) {
        return ChecksummedJson.object()
                .put("bytes", part.bytes())
                .put("crc32c", part.crc32c())
                .put("path", part.path())
                .put("rows", part.rows())
                .put("shard", part.shard());
    }

    static PartInfo part(JsonFields fields) throws DamagedVersionException {
        PartInfo part =
                new PartInfo(
                        fields.text("path"),
                        fields.smallWhole("shard"),
                        fields.whole("rows"),
                        fields.whole("bytes"),
                        fields.whole("crc32c"));
        fields.end();
        return part;
    }

    private static @Nullable Long parent(JsonFields fields) throws DamagedVersionException {
        return fields.isNull("parent") ? null : (Long) fields.whole("parent");
    }

    private static Map<String, Map<Integer, Long>> offsets(JsonFields topics)
            throws DamagedVersionException {
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        for (String topic : topics.names()) {
            JsonFields fields = topics.object(topic);
            Map<Integer, Long> byPartition = new HashMap<>();
            for (String partition : fields.names()) {
                byPartition.put(partition(fields, partition), fields.whole(partition));
            }
            offsets.put(topic, byPartition);
        }
        return offsets;
    }

    private static int partition(JsonFields fields, String name) throws DamagedVersionException {
        if (!name.matches("0|[1-9][0-9]{0,8}")) {
            throw fields.damaged(name, "is not a partition number");
        }
        return Integer.parseInt(name);
    }

    private static List<PartInfo> parts(List<JsonFields> objects) throws DamagedVersionException {
        List<PartInfo> parts = new ArrayList<>();
        for (JsonFields fields : objects) {
            parts.add(part(fields));
        }
        return parts;
    }

    private static Map<String, Double> metrics(JsonFields fields) throws DamagedVersionException {
        Map<String, Double> metrics = new HashMap<>();
        for (String name : fields.names()) {
            metrics.put(name, fields.number(name));
        }
        return metrics;
    }
}
