/** Tests of the image, the compose file and what watches them. */
@NullMarked
package io.millrace.deploy.compose;

import org.jspecify.annotations.NullMarked;
