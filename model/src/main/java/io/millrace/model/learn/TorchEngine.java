package io.millrace.model.learn;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PyTorch engine of this JVM and its settings. DJL reads them once, when the engine starts, so
 * the first start decides for the life of the JVM.
 *
 * <p>The native libraries come from the classpath and are unpacked into {@code ~/.djl.ai} (or where
 * the property {@code ENGINE_CACHE_DIR} says) on first use; nothing is downloaded.
 */
public final class TorchEngine {

    private static final Logger LOG = LoggerFactory.getLogger(TorchEngine.class);
    private static final String NAME = "PyTorch";

    private static int startedWith;

    private TorchEngine() {}

    /**
     * Starts the engine, unless it runs already.
     *
     * @param threads threads within one operation, for each calling thread; 1 where several
     *     learners share the cores
     */
    public static synchronized void start(int threads) {
        if (startedWith == 0) {
            setUnlessSet("ai.djl.offline", "true");
            setUnlessSet("OPT_OUT_TRACKING", "true");
            setUnlessSet("ai.djl.pytorch.num_threads", Integer.toString(threads));
            Engine.getEngine(NAME);
            startedWith = threads;
        } else if (startedWith != threads) {
            LOG.warn(
                    "PyTorch runs with {} threads in this JVM; the wish for {} comes too late",
                    startedWith,
                    threads);
        }
    }

    /** A manager of tensors on the device; starts the engine with one thread if nobody has. */
    public static synchronized NDManager newManager(Device device) {
        if (startedWith == 0) {
            start(1);
        }
        return Engine.getEngine(NAME).newBaseManager(device);
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
