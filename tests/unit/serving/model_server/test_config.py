from pathlib import Path

import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from ranker.errors import InvalidInputError
from ranker.serving.model_server.config import DynamicBatching, ModelConfiguration, TensorConfiguration
from ranker.serving.model_server.models import (
    IDENTITY,
    MMOE,
    MODELS,
    QUERY_TOWER,
    RELEVANCE,
    model_configuration,
)
from ranker.settings import PROJECT

FP32, INT64 = model_config_pb2.TYPE_FP32, model_config_pb2.TYPE_INT64


def parse(configuration):
    return text_format.Parse(configuration.text(), model_config_pb2.ModelConfig())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_committed_text_is_the_generated_one(model):
    committed = PROJECT / "model_repo" / model.name / "config.pbtxt"
    assert committed.read_text() == model.text(), "run `encore models --write`"


def test_every_folder_of_the_repository_is_a_model():
    folders = {path.name for path in (PROJECT / "model_repo").iterdir() if path.is_dir()}
    assert folders == set(MODELS)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_triton_reads_what_was_meant(model):
    read = parse(model)
    assert read.name == model.name
    assert read.backend == "onnxruntime"
    assert read.max_batch_size == model.max_batch_size
    assert read.version_policy.latest.num_versions == 2
    (group,) = read.instance_group
    assert group.count == 1
    assert group.kind == model_config_pb2.ModelInstanceGroup.KIND_AUTO
    assert read.parameters["intra_op_thread_count"].string_value == "1"
    assert read.HasField("dynamic_batching") == (model.max_batch_size > 0)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_no_queue_policy_is_set(model):
    """With a bound on its queue Triton leaves requests waiting for 0.5 s beside an idle instance."""
    assert not parse(model).dynamic_batching.HasField("default_queue_policy")


def test_identity_is_written_whole_and_warmed_up_by_triton():
    read = parse(IDENTITY)
    assert [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in read.input] == [
        ("values", FP32, [64])
    ]
    assert [(tensor.name, tensor.data_type, list(tensor.dims)) for tensor in read.output] == [
        ("same_values", FP32, [64])
    ]
    assert [sample.batch_size for sample in read.model_warmup] == [1, 100, 500]
    assert list(read.model_warmup[0].inputs["values"].dims) == [64]
    assert read.model_warmup[0].inputs["values"].zero_data
    assert "warm_up_candidates" not in read.parameters


def test_the_query_tower_writes_its_input_and_leaves_its_output_to_the_graph():
    read = parse(QUERY_TOWER)
    (words,) = read.input
    assert (words.name, words.data_type, list(words.dims)) == ("query_words", INT64, [1, 16])
    assert list(read.output) == []
    (sample,) = read.model_warmup
    assert sample.batch_size == 0
    assert list(sample.inputs["query_words"].dims) == [1, 16]


@pytest.mark.parametrize("model", [RELEVANCE, MMOE], ids=lambda model: model.name)
def test_axes_that_training_chooses_are_left_to_the_graph(model):
    read = parse(model)
    assert list(read.input) == []
    assert list(read.model_warmup) == []
    assert read.parameters["warm_up_candidates"].string_value == "1,100,500"


def test_outputs_of_known_size_are_written_without_the_batch_axis():
    assert [(tensor.name, list(tensor.dims)) for tensor in parse(MMOE).output] == [
        ("click", [1]),
        ("effective_play", [1]),
        ("watch_ratio", [1]),
        ("like", [1]),
    ]
    (probabilities,) = parse(RELEVANCE).output
    assert list(probabilities.dims) == [-1, 4]


def test_a_delay_for_company_is_in_microseconds():
    model = ModelConfiguration(
        name="m",
        inputs=(TensorConfiguration("a", "FP32", (-1, 2)),),
        outputs=(TensorConfiguration("b", "FP32", (-1, 2)),),
        max_batch_size=4,
        dynamic_batching=DynamicBatching(max_queue_delay_microseconds=250),
    )
    assert parse(model).dynamic_batching.max_queue_delay_microseconds == 250


def test_dynamic_batching_without_a_batch_is_refused():
    with pytest.raises(InvalidInputError) as caught:
        ModelConfiguration(name="m", inputs=(), outputs=(), dynamic_batching=DynamicBatching())
    assert str(caught.value) == "model [m] has dynamic batching and max_batch_size [0]; set one of them only"


def test_an_unknown_model_is_refused():
    with pytest.raises(InvalidInputError) as caught:
        model_configuration("mmoo")
    assert str(caught.value) == (
        "there is no model [mmoo]; choose one of ['identity', 'mmoe', 'query_tower', 'relevance']"
    )


def test_the_readme_of_the_repository_names_every_tensor():
    readme = Path(PROJECT / "model_repo" / "README.md").read_text()
    for model in MODELS.values():
        for tensor in (*model.inputs, *model.outputs):
            assert f"`{tensor.name}`" in readme
