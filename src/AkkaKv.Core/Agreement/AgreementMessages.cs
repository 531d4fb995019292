using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>One who may vote on a decision: a node with the data directory that the group knows it by.</summary>
/// <param name="StoreId">Only a node with this directory counts, for another may have forgotten what it promised; 0 for whichever it has.</param>
public readonly record struct Voter(NodeId Node, ulong StoreId);

/// <summary>The number of an attempt; attempts of different proposers never have the same one.</summary>
public readonly record struct Ballot(long Round, NodeId Proposer) : IComparable<Ballot>
{
    /// <summary>Before every attempt.</summary>
    public static Ballot None => default;

    public int CompareTo(Ballot other) => Round != other.Round ? Round.CompareTo(other.Round) : string.CompareOrdinal(Proposer.Name, other.Proposer.Name);

    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;
}

/// <summary>What was decided, once and for all; may be another proposer's value.</summary>
/// <param name="Decision">The name of what was to be decided.</param>
public sealed record AgreementDecided(string Decision, ReadOnlyMemory<byte> Value) : Message;

/// <summary>The proposer has given up; the value may be decided all the same.</summary>
/// <param name="Reason">Who did not answer, or who stood against it, for people.</param>
public sealed record AgreementUndecided(string Decision, string Reason) : Message;
