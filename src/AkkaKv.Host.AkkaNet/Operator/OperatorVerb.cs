namespace AkkaKv.Host.AkkaNet.Operator;

/// <summary>What an operator can ask one node in its own process, whatever brings the question there.</summary>
/// <param name="Name">One word.</param>
/// <param name="Description">A sentence for a list of commands.</param>
/// <param name="Arguments">What must be given without a switch too, in this order, comes first.</param>
public sealed record OperatorVerb(string Name, string Description, IReadOnlyList<OperatorArgument> Arguments)
{
    /// <summary>The name under which the verbs stand together: <c>akkakv status</c>.</summary>
    public const string Palette = "akkakv";

    /// <summary>What the node believes of the members and says of itself, and what needs an operator.</summary>
    public static OperatorVerb Status { get; } =
        new("status", "Shows what this node believes of the members, how it is itself, and what needs an operator.", []);

    /// <summary>Who owns how much.</summary>
    public static OperatorVerb Ring { get; } = new("ring", "Shows each member's share of the ring and the balance.", []);

    /// <summary>The nodes that hold a key.</summary>
    public static OperatorVerb Where { get; } = new("where", "Shows a key's hash, partition, owners and fallbacks.", [OperatorArgument.Key, OperatorArgument.Bucket]);

    /// <summary>What the node keeps for others.</summary>
    public static OperatorVerb Hints { get; } = new("hints", "Shows for which other nodes this one keeps how many keys, and for how long.", []);

    /// <summary>Compares all that the node owns, and follows until that is done.</summary>
    public static OperatorVerb Repair { get; } =
        new("repair", "Compares all that this node owns with the other owners and moves what differs; joins a repair that is under way.", []);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OperatorVerb> All { get; } = [Status, Ring, Where, Hints, Repair];

    /// <summary>How it is written, as in <c>akkakv where -k KEY [-b BUCKET]</c>.</summary>
    public string Usage => string.Join(' ', [Palette, Name, .. Arguments.Select(argument => argument.Usage)]);
}

/// <summary>What a verb takes: a value behind a switch. One that is required may stand without it.</summary>
/// <param name="Name">One word.</param>
/// <param name="Short">As in <c>-b</c>.</param>
/// <param name="Long">As in <c>--bucket</c>.</param>
/// <param name="Description">A sentence.</param>
/// <param name="IsRequired">False when there is a default.</param>
public sealed record OperatorArgument(string Name, string Short, string Long, string Description, bool IsRequired)
{
    /// <summary>A key.</summary>
    public static OperatorArgument Key { get; } = new("key", "-k", "--key", "The key: 1 to 1024 bytes of UTF-8.", IsRequired: true);

    /// <summary>A bucket.</summary>
    public static OperatorArgument Bucket { get; } =
        new("bucket", "-b", "--bucket", "The bucket: 1 to 64 of a-z A-Z 0-9 . _ - (\"default\" when it is left out).", IsRequired: false);

    // With the switch, though it may be left out: some shells for commands take nothing without one.
    internal string Usage => IsRequired ? $"{Short} {Name.ToUpperInvariant()}" : $"[{Short} {Name.ToUpperInvariant()}]";
}
