package io.millrace.deploy.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;

/**
 * The schema of a FlinkDeployment, from the operator's custom resource definition.
 *
 * <p>Two things differ from the definition. It is closed: a field that it does not know is an error
 * here, where a cluster would drop it without a word. And it knows one version of Flink more: the
 * newest definition that Maven Central has is of operator 1.10, which ends at Flink 1.20, while
 * {@link #NEWER_FLINK} came with operator 1.13.
 */
final class OperatorSchema {

    static final String NEWER_FLINK = "v2_2";

    private static final String DEFINITION =
            "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
    private static final String FLINK_VERSIONS = "/properties/spec/properties/flinkVersion/enum";

    private final List<String> flinkVersions;
    private final Schema schema;

    private OperatorSchema(List<String> flinkVersions, Schema schema) {
        this.flinkVersions = flinkVersions;
        this.schema = schema;
    }

    static OperatorSchema load() {
        JsonNode schema = definition().at("/spec/versions/0/schema/openAPIV3Schema");
        // What every resource has, and a definition need not say.
        ObjectNode fields = (ObjectNode) schema.path("properties");
        fields.putObject("apiVersion").put("type", "string");
        fields.putObject("kind").put("type", "string");
        ObjectNode metadata = fields.putObject("metadata").put("type", "object");
        metadata.putObject("properties").putObject("name").put("type", "string");
        ArrayNode versions = (ArrayNode) schema.at(FLINK_VERSIONS);
        List<String> known = versions.valueStream().map(JsonNode::asText).toList();
        versions.add(NEWER_FLINK);
        close(schema);
        return new OperatorSchema(
                known,
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(schema));
    }

    /** The versions of Flink that the definition itself knows. */
    List<String> flinkVersions() {
        return flinkVersions;
    }

    /** What is wrong with a FlinkDeployment, with the place of each. */
    List<String> mistakes(JsonNode resource) {
        return schema.validate(resource).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private static JsonNode definition() {
        try (InputStream yaml = OperatorSchema.class.getResourceAsStream(DEFINITION)) {
            return new YAMLMapper().readTree(Objects.requireNonNull(yaml, DEFINITION));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object
                && schema.path("type").asText().equals("object")
                && schema.has("properties")
                && !schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
            object.put("additionalProperties", false);
        }
        schema.forEach(OperatorSchema::close);
    }
}
