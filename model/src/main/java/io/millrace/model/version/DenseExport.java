package io.millrace.model.version;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.learn.TorchEngine;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Writes a version's dense tensors as safetensors, by name and shape, for other tools to read. */
public final class DenseExport {

    private final VersionStorage storage;
    private final String model;

    public DenseExport(VersionStorage storage, String model) {
        this.storage = storage;
        this.model = model;
    }

    /**
     * Writes {@code dense.safetensors} into the version's folder, from the rows of its chain.
     *
     * @return its path
     */
    public String export(long version) throws IOException {
        VersionChain chain = new VersionCatalog(storage, model).chain(version);
        ParameterLayout layout = new ParameterLayout(chain.manifest().modelSpec());
        String path = VersionPaths.dense(model, version);
        storage.putIfAbsent(path, encode(layout.dense(), read(chain, layout)));
        return path;
    }

    /** The tensors that are laid end to end in {@code dense}, as a safetensors file. */
    public static byte[] encode(DenseLayout layout, float[] dense) {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDList tensors = new NDList();
            for (int i = 0; i < layout.tensors().size(); i++) {
                TensorSpec spec = layout.tensors().get(i);
                float[] values = Arrays.copyOfRange(dense, layout.start(i), layout.start(i + 1));
                NDArray tensor = manager.create(values, new Shape(spec.dimensions()));
                tensor.setName(spec.name());
                tensors.add(tensor);
            }
            return tensors.encode(NDList.Encoding.SAFETENSORS);
        }
    }

    /**
     * Reads the newest files first and stops at what has every block: since each micro-batch
     * updates them all, that is nearly always the version's own part, however large the base is.
     */
    private float[] read(VersionChain chain, ParameterLayout layout) throws IOException {
        DenseVector dense = new DenseVector(layout);
        BitSet seen = new BitSet();
        List<PartInfo> files = chain.files();
        for (int i = files.size() - 1;
                i >= 0 && seen.cardinality() < layout.dense().blocks();
                i--) {
            try (RowFileReader row = RowFileReader.open(storage, files.get(i))) {
                while (row.next()) {
                    int block = (int) ParameterKey.hash(row.key());
                    if (ParameterKey.slot(row.key()) == ParameterKey.DENSE_SLOT
                            && !seen.get(block)) {
                        dense.apply(row);
                        seen.set(block);
                    }
                }
            }
        }
        return dense.values();
    }
}
