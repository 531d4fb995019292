using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>One who may vote on a decision: a node with the data directory that the group knows it by.</summary>
/// <param name="StoreId">Only a node with this directory counts, for another may have forgotten what it promised; 0 for whichever it has.</param>
public readonly record struct Voter(NodeId Node, ulong StoreId);

/// <summary>
/// The number of an attempt. No two proposals ever make the same one: a node may propose twice for one decision, also after
/// a restart, and with one number its two values would be one to the voters.
/// </summary>
/// <param name="Round">1 and above; greater than all that the proposal has heard of.</param>
/// <param name="Proposal">The number of the proposing actor, which its host never uses twice.</param>
public readonly record struct Ballot(long Round, NodeId Proposer, ulong Proposal = 0) : IComparable<Ballot>
{
    /// <summary>No attempt comes this far; what claims to has not counted.</summary>
    public const long RoundMax = 1L << 60;

    /// <summary>Before every attempt.</summary>
    public static Ballot None => default;

    /// <summary>True for what a proposal may ask votes for.</summary>
    public bool IsAttempt => Round is > 0 and <= RoundMax;

    public int CompareTo(Ballot other)
    {
        if (Round != other.Round)
            return Round.CompareTo(other.Round);
        int names = string.CompareOrdinal(Proposer.Name, other.Proposer.Name);
        return names != 0 ? names : Proposal.CompareTo(other.Proposal);
    }

    public static bool operator <(Ballot left, Ballot right) => left.CompareTo(right) < 0;

    public static bool operator >(Ballot left, Ballot right) => left.CompareTo(right) > 0;

    public static bool operator <=(Ballot left, Ballot right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Ballot left, Ballot right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Round} of {Proposer.Name}/{Proposal}";
}

/// <summary>What was decided, once and for all; may be another proposer's value.</summary>
/// <param name="Decision">The name of what was to be decided.</param>
public sealed record AgreementDecided(string Decision, ReadOnlyMemory<byte> Value) : Message;

/// <summary>The proposer has given up; the value may be decided all the same.</summary>
/// <param name="Reason">Who did not answer, or who stood against it, for people.</param>
public sealed record AgreementUndecided(string Decision, string Reason) : Message;

/// <summary>What a decision may be called, and how large its value may be.</summary>
public static class DecisionBounds
{
    public const int NameCharsMax = 100;

    /// <summary>Above any configuration; with what an acceptor adds to it, half of what a fact may hold.</summary>
    public const int ValueBytesMax = 512 * 1024;

    /// <summary>True for 1 to 100 visible ASCII characters.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > NameCharsMax)
            return false;
        foreach (char letter in name)
        {
            if (letter is <= ' ' or > '~')
                return false;
        }

        return true;
    }
}

/// <summary>What an acceptor says to a proposal.</summary>
public enum VoteOutcome : byte
{
    /// <summary>Promised, or accepted, and durable.</summary>
    Granted = 0,

    /// <summary>It has promised a higher ballot.</summary>
    Outbid = 1,

    /// <summary>The node has another data directory than the voter that was asked.</summary>
    OtherStore = 2,

    /// <summary>It cannot make a vote durable, or has a reason that this release does not know.</summary>
    Unable = 3,
}

/// <summary>
/// Asks a voter to take nothing older than this ballot any more, and what it has accepted. Answered by
/// <see cref="AgreementPromised"/>. Source: Lamport 2001, "Paxos Made Simple", phase 1.
/// </summary>
/// <param name="StoreId">Of the voter as the proposer knows it; 0 for whichever it has.</param>
public sealed record AgreementPrepare(string Decision, ulong StoreId, Ballot Ballot, Address ReplyTo) : Message;

/// <param name="Ballot">That of the question.</param>
/// <param name="Promised">The highest that was promised, durably.</param>
/// <param name="AcceptedAt"><see cref="Ballot.None"/> when nothing was accepted.</param>
public sealed record AgreementPromised(
    string Decision, Ballot Ballot, NodeId From, VoteOutcome Outcome, Ballot Promised, Ballot AcceptedAt, ReadOnlyMemory<byte> AcceptedValue) : Message;

/// <summary>Asks a voter to accept a value. Answered by <see cref="AgreementAccepted"/>; phase 2.</summary>
/// <param name="StoreId">As of <see cref="AgreementPrepare"/>.</param>
/// <param name="Value">At most 512 KiB.</param>
public sealed record AgreementAccept(string Decision, ulong StoreId, Ballot Ballot, ReadOnlyMemory<byte> Value, Address ReplyTo) : Message;

/// <param name="Ballot">That of the question.</param>
/// <param name="Promised">The highest that was promised, durably.</param>
public sealed record AgreementAccepted(string Decision, Ballot Ballot, NodeId From, VoteOutcome Outcome, Ballot Promised) : Message;
