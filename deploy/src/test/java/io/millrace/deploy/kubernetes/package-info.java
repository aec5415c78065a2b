/** Tests of the manifests for Kubernetes, without a cluster. */
@NullMarked
package io.millrace.deploy.kubernetes;

import org.jspecify.annotations.NullMarked;
