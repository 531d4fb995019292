namespace AkkaKv.Api;

/// <summary>The ways of making unique ids. See docs/IDS.md for which is for what.</summary>
public enum IdScheme
{
    /// <summary>63-bit numbers in order of time, made by each node without asking another.</summary>
    Snowflake,

    /// <summary>128 bits, random (RFC 9562, version 4).</summary>
    UuidV4,

    /// <summary>128 bits, in order of time by the millisecond (RFC 9562, version 7).</summary>
    UuidV7,

    /// <summary>Numbers of one counter on a named node, or of a pair on odd and even ones.</summary>
    Ticket,

    /// <summary>Numbers of a counter on each of n nodes that steps by n.</summary>
    Increment,
}

/// <summary>The names of the schemes, as in URLs and on command lines.</summary>
public static class IdSchemes
{
    private static readonly string[] AllNames = ["snowflake", "uuid-v4", "uuid-v7", "ticket", "increment"];

    /// <summary>In the order of <see cref="IdScheme"/>.</summary>
    public static IReadOnlyList<string> Names => AllNames;

    /// <summary>The name of a scheme.</summary>
    public static string NameOf(IdScheme scheme) => AllNames[(int)scheme];

    /// <summary>The scheme of a name; null when there is none.</summary>
    public static IdScheme? Parse(string name) => Array.IndexOf(AllNames, name) is >= 0 and var at ? (IdScheme)at : null;
}

/// <summary>Unique ids from a node.</summary>
public interface IIdService
{
    /// <summary>The most ids of one call.</summary>
    public const int CountMax = 10_000;

    /// <summary>Makes ids. What is lost on the way is not made again; none is made twice.</summary>
    /// <param name="scheme">Which kind.</param>
    /// <param name="count">1 to <see cref="CountMax"/>.</param>
    /// <param name="cancellation">Stops the wait.</param>
    ValueTask<IdsReply> NextAsync(IdScheme scheme, int count, CancellationToken cancellation);

    /// <summary>Takes a Snowflake id apart, by the layout of the cluster.</summary>
    /// <param name="id">Not negative.</param>
    /// <param name="cancellation">Stops the wait.</param>
    ValueTask<SnowflakeReply> DecodeAsync(long id, CancellationToken cancellation);
}

/// <summary>Ids as text: a number of 63 bits does not survive in every reader of JSON.</summary>
/// <param name="Ids">In increasing order, where the scheme has one; empty when there is an error.</param>
/// <param name="Warning">What an operator should know, as that the bits of time end within five years; else null.</param>
/// <param name="Error">Why there are none.</param>
public sealed record IdsReply(IReadOnlyList<string> Ids, string? Warning = null, KvError? Error = null)
{
    /// <summary>A refusal.</summary>
    public static IdsReply Failed(KvError error) => new([], Error: error);
}

/// <summary>A Snowflake id taken apart.</summary>
/// <param name="Id">The id.</param>
/// <param name="Time">When it was made, by its maker's clock.</param>
/// <param name="Datacenter">The upper part of its worker.</param>
/// <param name="Machine">The lower part of its worker.</param>
/// <param name="Sequence">Which one of that millisecond.</param>
public sealed record SnowflakeInfo(long Id, DateTimeOffset Time, int Datacenter, int Machine, int Sequence);

/// <summary>The answer to a question about an id.</summary>
/// <param name="Info">Its parts; null when there is an error.</param>
/// <param name="Error">Why there are none.</param>
public sealed record SnowflakeReply(SnowflakeInfo? Info, KvError? Error = null);
