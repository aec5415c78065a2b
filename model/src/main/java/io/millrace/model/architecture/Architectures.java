package io.millrace.model.architecture;

import io.millrace.model.config.ConfigNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** All architectures by the name that the pipeline file gives them. */
public final class Architectures {

    private static final Map<String, Function<ConfigNode, Architecture>> READERS = new TreeMap<>();

    static {
        READERS.put(DcnV2.TYPE, DcnV2::read);
        READERS.put(Dlrm.TYPE, Dlrm::read);
    }

    private Architectures() {}

    /**
     * Reads the architecture that the key {@code type} names, and its options.
     *
     * @throws io.millrace.model.config.ConfigException when there is no such architecture, or its
     *     options make no sense
     */
    public static Architecture read(ConfigNode node) {
        String type = node.string("type");
        Function<ConfigNode, Architecture> reader = READERS.get(type);
        if (reader == null) {
            throw node.error(
                    "type",
                    "there is no architecture \"" + type + "\"; there are " + READERS.keySet());
        }
        try {
            return reader.apply(node);
        } catch (IllegalArgumentException e) {
            throw node.error(String.valueOf(e.getMessage()));
        }
    }
}
