package org.encore.opensearch.analysis;

import java.util.Map;
import java.util.function.Supplier;
import org.encore.dictionary.DictionaryHandle;
import org.encore.dictionary.NodeDictionaries;
import org.encore.text.ComponentNames;
import org.encore.text.EncoreTokenizer;
import org.encore.text.Mode;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.CharFilterFactory;
import org.opensearch.index.analysis.TokenFilterFactory;
import org.opensearch.index.analysis.TokenizerFactory;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;

/** Encore's analysis components, as the engine registers them. */
public final class EncoreAnalysis {
    private final Supplier<NodeDictionaries> dictionaries;

    /** Over the node's dictionaries, which are there before the first index is. */
    public EncoreAnalysis(Supplier<NodeDictionaries> dictionaries) {
        this.dictionaries = dictionaries;
    }

    /** What the plugin registers as tokenizers. */
    public Map<String, AnalysisProvider<TokenizerFactory>> tokenizers() {
        return Map.of(ComponentNames.JIEBA, AnalysisPlugin.requiresAnalysisSettings(this::tokenizer));
    }

    /** What the plugin registers as token filters. */
    public Map<String, AnalysisProvider<TokenFilterFactory>> tokenFilters() {
        return Map.of(
                ComponentNames.CONTENT,
                (index, environment, name, settings) -> new ContentFilterFactory(index, name, settings));
    }

    /** What the plugin registers as char filters. */
    public Map<String, AnalysisProvider<CharFilterFactory>> charFilters() {
        return Map.of(ComponentNames.NORMALIZE, AnalysisPlugin.requiresAnalysisSettings(this::charFilter));
    }

    private TokenizerFactory tokenizer(
            IndexSettings index, Environment environment, String name, Settings settings) {
        DictionaryHandle dictionary = dictionary(name, settings);
        Mode mode = Mode.of(settings.get(ComponentNames.MODE, ComponentNames.DEFAULT_MODE));
        return TokenizerFactory.newFactory(name, () -> new EncoreTokenizer(dictionary.get(), mode));
    }

    private CharFilterFactory charFilter(
            IndexSettings index, Environment environment, String name, Settings settings) {
        return new NormalizeCharFilterFactory(index, name, dictionary(name, settings));
    }

    private DictionaryHandle dictionary(String component, Settings settings) {
        return dictionaries.get().handle(component, settings.get(ComponentNames.DICTIONARY));
    }
}
