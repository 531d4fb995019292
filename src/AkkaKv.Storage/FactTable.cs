using System.Collections.Concurrent;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Storage;

/// <summary>
/// A node's facts as they are durable, all in memory: there are few. They belong to no loop, so any thread may read;
/// each fact is changed by the loop of the one actor that writes it.
/// </summary>
internal sealed class FactTable
{
    public const int NameCharsMax = 200;
    public const int ValueBytesMax = 1 << 20;

    private readonly ConcurrentDictionary<string, ReadOnlyMemory<byte>> _values = new(StringComparer.Ordinal);

    /// <summary>Fails on what no actor of this node may ask for.</summary>
    /// <exception cref="InvariantException">When the name or the value is out of its bounds.</exception>
    public static void Require(string name, ReadOnlyMemory<byte> value)
    {
        Invariant.Require(name.Length is > 0 and <= NameCharsMax, "a fact's name has 1 to 200 characters", name.Length);
        Invariant.Require(System.Text.Ascii.IsValid(name), "a fact's name is ASCII", name);
        Invariant.Require(value.Length <= ValueBytesMax, "a fact has at most 1 MiB", value.Length);
    }

    /// <returns>False when there is none.</returns>
    public bool TryRead(string name, out ReadOnlyMemory<byte> value) => _values.TryGetValue(name, out value);

    /// <summary>Sets what is durable now; empty for none.</summary>
    public void Apply(string name, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
            _values.TryRemove(name, out _);
        else
            _values[name] = value;
    }
}
