package io.millrace.model.version;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * The content of {@code base.json}: one file with all rows of a version, which replaces the
 * version's chain for readers.
 *
 * @param model the model's name
 * @param version whose rows these are
 * @param rows the file
 */
record BaseRows(String model, long version, PartInfo rows) {

    private static final int FORMAT_VERSION = 1;

    BaseRows {
        if (!rows.path().startsWith(VersionPaths.folder(model, version) + "/")
                || !VersionPaths.isBaseRows(rows.path())) {
            throw new IllegalArgumentException(
                    "rows " + rows.path() + " are not compacted rows of version " + version);
        }
    }

    String path() {
        return VersionPaths.base(model, version);
    }

    byte[] toBytes() {
        ObjectNode json = ChecksummedJson.object();
        json.put("formatVersion", FORMAT_VERSION)
                .put("model", model)
                .put("version", version)
                .set("rows", ManifestJson.write(rows));
        return ChecksummedJson.write(json);
    }

    static BaseRows read(VersionStorage storage, String model, long version) throws IOException {
        String file = VersionPaths.base(model, version);
        JsonFields fields = new JsonFields(file, ChecksummedJson.read(storage, file));
        ManifestJson.checkFormat(fields, file, "base", FORMAT_VERSION);
        try {
            BaseRows base =
                    new BaseRows(
                            fields.text("model"),
                            fields.whole("version"),
                            ManifestJson.part(fields.object("rows")));
            fields.end();
            if (!base.path().equals(file)) {
                throw new DamagedVersionException(file, "it belongs to " + base.path());
            }
            return base;
        } catch (IllegalArgumentException contradiction) {
            throw new DamagedVersionException(
                    file, String.valueOf(contradiction.getMessage()), contradiction);
        }
    }
}
