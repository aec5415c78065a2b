package io.millrace.model.architecture;

import io.millrace.model.ModelSpec;
import io.millrace.model.config.ConfigNode;
import io.millrace.model.config.ModelSpecReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A model that every test of the contract suite is run on.
 *
 * @param name of its pipeline file, without the ending, and of its golden file
 * @param dense weights of the network, worked out by hand
 * @param rows weights of a row of each sparse feature, worked out by hand
 * @param xor what it makes of the exclusive or of user and item
 * @param idle names of tensors that its loss cannot move
 */
record ArchitectureCase(String name, int dense, List<Integer> rows, Xor xor, Set<String> idle) {

    /** What comes of learning an exclusive or. */
    enum Xor {
        /** Its probabilities. */
        LEARNED,
        /** Only which item each user would choose: the loss knows no probability. */
        RANKED,
        /** Nothing, as it is no sum of what each feature says. */
        OUT_OF_REACH
    }

    /** The model's specification, read as a job reads it. */
    ModelSpec spec() {
        ConfigNode node = ConfigNode.parse(pipeline(), name);
        ModelSpec spec = ModelSpecReader.read(node);
        node.rejectUnknown();
        return spec;
    }

    /** Whether its file has the option, whatever became of it. */
    boolean asksForDropout() {
        return pipeline().contains("dropout: ");
    }

    /** The golden file's text. */
    String golden() {
        return text("/golden/architectures/" + name + ".json");
    }

    @Override
    public String toString() {
        return name;
    }

    private String pipeline() {
        return text("/architectures/" + name + ".yaml");
    }

    private static String text(String resource) {
        try (InputStream in = ArchitectureCase.class.getResourceAsStream(resource)) {
            byte[] bytes = Objects.requireNonNull(in, resource + " is missing").readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
