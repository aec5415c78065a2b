package io.millrace.model.version;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.model.architecture.TensorSpec;
import io.millrace.model.parameter.DenseLayout;
import io.millrace.model.parameter.ParameterKey;
import io.millrace.model.parameter.ParameterLayout;
import java.io.IOException;
import java.util.Arrays;

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
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
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

    private float[] read(VersionChain chain, ParameterLayout layout) throws IOException {
        DenseVector dense = new DenseVector(layout);
        for (PartInfo file : chain.files()) {
            try (RowFileReader row = RowFileReader.open(storage, file)) {
                while (row.next()) {
                    if (ParameterKey.slot(row.key()) == ParameterKey.DENSE_SLOT) {
                        dense.apply(row);
                    }
                }
            }
        }
        return dense.values();
    }
}
