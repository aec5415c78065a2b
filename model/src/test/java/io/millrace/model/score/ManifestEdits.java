package io.millrace.model.score;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.model.version.Manifest;

/** Manifests that this code would not write. */
final class ManifestEdits {

    private ManifestEdits() {}

    static Manifest withUnknownArchitecture(Manifest m) {
        ObjectNode spec = m.spec().deepCopy();
        spec.putObject("architecture").put("type", "from-the-future");
        return new Manifest(
                m.model(),
                m.version(),
                m.parent(),
                m.checkpointId(),
                m.offsets(),
                m.watermark(),
                m.specHash(),
                spec,
                m.parts(),
                m.tombstones(),
                m.metrics(),
                m.examples(),
                m.createdAt());
    }
}
