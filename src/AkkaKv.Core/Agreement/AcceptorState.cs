using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Agreement;

/// <summary>What an acceptor says and remembers after a question; the same object as before when there is nothing new to keep.</summary>
public readonly record struct AcceptorStep(AcceptorState State, VoteOutcome Outcome);

/// <summary>
/// All that an acceptor must never forget about one decision. Pure; what it promises holds once it is durable.
/// Source: Lamport 2001, "Paxos Made Simple".
/// </summary>
/// <param name="Promised">Nothing older is accepted any more.</param>
/// <param name="AcceptedAt">Never above <paramref name="Promised"/>; <see cref="Ballot.None"/> when nothing was accepted.</param>
/// <param name="AcceptedValue">Empty when nothing was accepted; an accepted value may be empty too.</param>
public sealed record AcceptorState(Ballot Promised, Ballot AcceptedAt, ReadOnlyMemory<byte> AcceptedValue)
{
    private const byte FormatVersion = 1;
    private const int NameBytesMax = 1024;

    /// <summary>Of a decision that it has not heard of.</summary>
    public static AcceptorState Empty { get; } = new(Ballot.None, Ballot.None, default);

    /// <summary>Phase 1. The same ballot again is the same proposal, whose answer was lost.</summary>
    public AcceptorStep OnPrepare(Ballot ballot)
    {
        if (ballot < Promised)
            return new AcceptorStep(this, VoteOutcome.Outbid);
        return new AcceptorStep(ballot == Promised ? this : this with { Promised = ballot }, VoteOutcome.Granted);
    }

    /// <summary>Phase 2. It may accept what it never promised, but never two values under one ballot.</summary>
    public AcceptorStep OnAccept(Ballot ballot, ReadOnlyMemory<byte> value)
    {
        if (ballot < Promised)
            return new AcceptorStep(this, VoteOutcome.Outbid);
        if (ballot == AcceptedAt)
            return new AcceptorStep(this, value.Span.SequenceEqual(AcceptedValue.Span) ? VoteOutcome.Granted : VoteOutcome.Outbid);
        return new AcceptorStep(new AcceptorState(ballot, ballot, value), VoteOutcome.Granted);
    }

    /// <summary>Format: version 1, both ballots (round as a varint, name, 8 bytes number; of none only the round), the value.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var writer = new ByteWriter(64 + AcceptedValue.Length);
        writer.Byte(FormatVersion);
        Write(ref writer, Promised);
        Write(ref writer, AcceptedAt);
        writer.Block(AcceptedValue.Span);
        return writer.Written;
    }

    /// <returns>False for bytes that are no such state: of a newer release, or damaged.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out AcceptorState state)
    {
        var reader = new ByteReader(bytes);
        byte version = reader.Byte();
        Ballot promised = ReadBallot(ref reader);
        Ballot acceptedAt = ReadBallot(ref reader);
        ReadOnlyMemory<byte> value = reader.Block(DecisionBounds.ValueBytesMax);
        state = new AcceptorState(promised, acceptedAt, value);
        return reader.IsComplete && version == FormatVersion && acceptedAt <= promised && promised.Round <= Ballot.RoundMax;
    }

    private static void Write(ref ByteWriter writer, Ballot ballot)
    {
        writer.VarInt((ulong)ballot.Round);
        if (ballot == Ballot.None)
            return;
        writer.Text(ballot.Proposer.Name);
        writer.UInt64(ballot.Proposal);
    }

    private static Ballot ReadBallot(ref ByteReader reader)
    {
        ulong round = reader.VarInt();
        if (round == 0)
            return Ballot.None;
        var proposer = new NodeId(reader.Text(NameBytesMax));
        return new Ballot(round > Ballot.RoundMax ? long.MaxValue : (long)round, proposer, reader.UInt64());
    }
}
