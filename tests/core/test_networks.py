"""Published networks: parameters and multiplications as published, and shapes along the way."""

import pytest

import grader.core as core
from grader.core.layers.networks import networks, publish

# parameters: torchvision 0.29, `num_params` of the weights' metadata; MobileNet (v1) 4.2 M: table 8 of its paper, here
# without running statistics as Keras counts them; LeNet-5: 156 + 2,416 + 48,120 + 10,164 + 850; U-Net: by hand below
PARAMETERS = {
    "lenet5": 61_706,
    "alexnet": 61_100_840,
    "vgg11": 132_863_336,
    "vgg16": 138_357_544,
    "vgg19": 143_667_240,
    "resnet18": 11_689_512,
    "resnet34": 21_797_672,
    "resnet50": 25_557_032,
    "resnet101": 44_549_160,
    "googlenet": 6_624_904,
    "squeezenet1_0": 1_248_424,
    "mobilenet_v1": 4_231_976,
    "mobilenet_v2": 3_504_872,
    "densenet121": 7_978_856,
    "efficientnet_b0": 5_288_548,
    "vit_b_16": 86_567_656,
    "unet": 31_030_658,
}
# G multiply-accumulates: torchvision, `_ops` of the weights' metadata; MobileNet (v1): 569 M, table 8 of its paper
GIGA_MACS = {
    "alexnet": 0.714,
    "vgg11": 7.609,
    "vgg16": 15.470,
    "vgg19": 19.632,
    "resnet18": 1.814,
    "resnet34": 3.664,
    "resnet50": 4.089,
    "resnet101": 7.801,
    "googlenet": 1.498,
    "squeezenet1_0": 0.819,
    "mobilenet_v1": 0.569,
    "mobilenet_v2": 0.301,
    "densenet121": 2.834,
    "efficientnet_b0": 0.386,
    "vit_b_16": 17.564,
}


def test_the_networks_are_the_published_ones():
    assert set(networks()) == set(PARAMETERS)
    for name in PARAMETERS:
        assert name in core.network.__doc__


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_are_the_published_number(name):
    shape = networks()[name].input_shape
    layers = core.network(name)
    assert core.total(core.parameter_counts(shape, layers)) == PARAMETERS[name]
    weights, biases = core.weight_counts(shape, layers), core.bias_counts(shape, layers)
    assert core.total(weights) + core.total(biases) == PARAMETERS[name]
    order = (*shape[1:], shape[0])
    assert core.total(core.parameter_counts(order, layers, order="HWC")) == PARAMETERS[name]


@pytest.mark.parametrize("name", GIGA_MACS)
def test_multiplications_are_the_published_number(name):
    counts = core.macs(networks()[name].input_shape, core.network(name))
    assert round(core.total(counts) / 1e9, 3) == GIGA_MACS[name]


def test_shapes_along_the_way():
    shapes = core.output_shapes((3, 224, 224), core.network("resnet50"))
    stages = [(64, 112, 112), (64, 56, 56), (256, 56, 56), (512, 28, 28), (1024, 14, 14), (2048, 7, 7), (2048, 1, 1)]
    places = [shapes.index(stage) for stage in stages]
    assert places == sorted(places)
    assert shapes[-1] == (1000,)
    # figure 1 of the U-Net paper
    shapes = core.output_shapes((1, 572, 572), core.network("unet"))
    for shape in ((64, 568, 568), (128, 280, 280), (256, 136, 136), (512, 64, 64), (1024, 28, 28), (1024, 56, 56)):
        assert shape in shapes
    assert shapes[-1] == (2, 388, 388)
    # table 1 of the GoogLeNet paper
    channels = [shape[0] for shape in core.output_shapes((3, 224, 224), core.network("googlenet"))]
    assert {256, 480, 512, 528, 832, 1024} <= set(channels)
    assert core.output_shapes((3, 224, 224), core.network("vit_b_16"))[0] == (197, 768)
    assert core.output_shapes((224, 224, 3), core.network("vit_b_16"), order="HWC")[0] == (197, 768)


def test_u_nets_parameters_by_hand():
    widths = (64, 128, 256, 512, 1024)
    before = (1, *widths[:-1])
    down = sum(9 * i * o + o + 9 * o * o + o for i, o in zip(before, widths, strict=True))
    up = sum(4 * 2 * o * o + o + 9 * 2 * o * o + o + 9 * o * o + o for o in widths[:-1])
    assert down + up + 64 * 2 + 2 == PARAMETERS["unet"]


def test_receptive_fields_of_networks():
    # Araujo et al. (2019), table 1
    vgg = core.network("vgg16")
    before_head = [layer["type"] for layer in vgg].index("adaptive_avg_pool2d")
    assert core.receptive_field(vgg[:before_head]) == 212
    assert core.receptive_field(core.network("alexnet")[:13]) == 195
    assert core.receptive_field(core.network("mobilenet_v1")[:-3]) == 315
    # 7, 11; three 3x3 at distance 4; one at 4 and three at 8; one at 8 and five at 16; one at 16 and two at 32
    by_hand = 11 + 2 * (3 * 4 + 4 + 3 * 8 + 8 + 5 * 16 + 16 + 2 * 32)
    assert core.receptive_field(core.network("resnet50")[:-3]) == by_hand == 427


def test_every_call_gives_the_same_layers_anew():
    first = core.network("resnet18")
    first.clear()
    assert core.network("resnet18") == core.network("resnet18") != []


def test_what_is_no_network_is_refused():
    with pytest.raises(ValueError, match=r"one of .*resnet50.*; received 'resnet51' \(nearest: resnet50\)$"):
        core.network("resnet51")
    with pytest.raises(ValueError, match="received 3"):
        core.network(3)
    with pytest.raises(ValueError, match="one declaration of unet"):
        publish("unet", (1, 572, 572), "another", list)
