package io.millrace.model.architecture;

import io.millrace.model.config.ConfigNode;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** All architectures by the name that the pipeline file gives them. */
public final class Architectures {

    private static final Map<String, Function<ConfigNode, Architecture>> READERS = new TreeMap<>();

    static {
        READERS.put(LogisticRegression.TYPE, LogisticRegression::read);
        READERS.put(FactorizationMachine.TYPE, FactorizationMachine::read);
        READERS.put(WideAndDeep.TYPE, WideAndDeep::read);
        READERS.put(DeepFm.TYPE, DeepFm::read);
        READERS.put(NeuMf.TYPE, NeuMf::read);
        READERS.put(AutoInt.TYPE, AutoInt::read);
        READERS.put(Dcn.TYPE, Dcn::read);
        READERS.put(DcnV2.TYPE, DcnV2::read);
        READERS.put(FinalNet.TYPE, FinalNet::read);
        READERS.put(Gdcn.TYPE, Gdcn::read);
        READERS.put(Dhen.TYPE, Dhen::read);
        READERS.put(Dlrm.TYPE, Dlrm::read);
        READERS.put(TwoTower.TYPE, TwoTower::read);
        READERS.put(SplitNetwork.TYPE, SplitNetwork::read);
        READERS.put(PositionBias.TYPE, PositionBias::read);
    }

    private Architectures() {}

    /** The names, in alphabetical order. */
    public static Set<String> types() {
        return Collections.unmodifiableSet(READERS.keySet());
    }

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
