/** The pipeline file as a tree of nodes that know their line and path. */
@NullMarked
package io.millrace.model.config;

import org.jspecify.annotations.NullMarked;
