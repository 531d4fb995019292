using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;

namespace AkkaKv.Storage.Index;

/// <summary>One loop's keys, each space by itself.</summary>
internal sealed class LoopIndex
{
    private readonly KeyIndex _objects = new();
    private readonly KeyIndex _hints = new();

    public long Bytes => _objects.Bytes + _hints.Bytes;

    public KeyIndex Of(StoreSpace space) => space switch
    {
        StoreSpace.Objects => _objects,
        StoreSpace.Hints => _hints,
        _ => throw new InvariantException($"a store has objects and hints; found space {(byte)space}"),
    };
}
