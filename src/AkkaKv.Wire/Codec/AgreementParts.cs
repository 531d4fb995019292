using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using Google.Protobuf;

namespace AkkaKv.Wire.Codec;

/// <summary>
/// The messages about decisions, between the protocol's records and the wire's. Who asks and who votes is who stands at the
/// other end of the connection, whatever a message may say: nobody votes, or numbers an attempt, for another.
/// </summary>
internal static class AgreementParts
{
    public static V1.AgreementPrepare ToProto(AgreementPrepare prepare, NodeId sender)
    {
        RequireOwn(prepare.Ballot.Proposer, sender);
        return new V1.AgreementPrepare
        {
            Decision = prepare.Decision,
            StoreId = prepare.StoreId,
            Ballot = ToProto(prepare.Ballot, sender),
            ReplyTo = Parts.ToProto(prepare.ReplyTo, sender),
        };
    }

    public static AgreementPrepare FromProto(V1.AgreementPrepare prepare, NodeId sender) => new(
        DecisionOf(prepare.Decision),
        prepare.StoreId,
        AttemptOf(prepare.Ballot, sender) with { Proposer = sender },
        Parts.FromProto(prepare.ReplyTo, sender));

    public static V1.AgreementPromised ToProto(AgreementPromised promised, NodeId sender)
    {
        RequireOwn(promised.From, sender);
        return new V1.AgreementPromised
        {
            Decision = promised.Decision,
            Ballot = ToProto(promised.Ballot, sender),
            Outcome = (uint)promised.Outcome,
            Promised = ToProto(promised.Promised, sender),
            AcceptedAt = ToProto(promised.AcceptedAt, sender),
            AcceptedValue = Parts.Opaque(promised.AcceptedValue),
        };
    }

    public static AgreementPromised FromProto(V1.AgreementPromised promised, NodeId sender) => new(
        DecisionOf(promised.Decision),
        AttemptOf(promised.Ballot, sender),
        sender,
        OutcomeOf(promised.Outcome),
        BallotOf(promised.Promised, sender),
        BallotOf(promised.AcceptedAt, sender),
        ValueOf(promised.AcceptedValue));

    public static V1.AgreementAccept ToProto(AgreementAccept accept, NodeId sender)
    {
        RequireOwn(accept.Ballot.Proposer, sender);
        return new V1.AgreementAccept
        {
            Decision = accept.Decision,
            StoreId = accept.StoreId,
            Ballot = ToProto(accept.Ballot, sender),
            Value = Parts.Opaque(accept.Value),
            ReplyTo = Parts.ToProto(accept.ReplyTo, sender),
        };
    }

    public static AgreementAccept FromProto(V1.AgreementAccept accept, NodeId sender) => new(
        DecisionOf(accept.Decision),
        accept.StoreId,
        AttemptOf(accept.Ballot, sender) with { Proposer = sender },
        ValueOf(accept.Value),
        Parts.FromProto(accept.ReplyTo, sender));

    public static V1.AgreementAccepted ToProto(AgreementAccepted accepted, NodeId sender)
    {
        RequireOwn(accepted.From, sender);
        return new V1.AgreementAccepted
        {
            Decision = accepted.Decision,
            Ballot = ToProto(accepted.Ballot, sender),
            Outcome = (uint)accepted.Outcome,
            Promised = ToProto(accepted.Promised, sender),
        };
    }

    public static AgreementAccepted FromProto(V1.AgreementAccepted accepted, NodeId sender) => new(
        DecisionOf(accepted.Decision),
        AttemptOf(accepted.Ballot, sender),
        sender,
        OutcomeOf(accepted.Outcome),
        BallotOf(accepted.Promised, sender));

    private static void RequireOwn(NodeId named, NodeId sender) =>
        Invariant.Require(named == sender, "a node proposes and votes in its own name", named);

    // No ballot at all is left out.
    private static V1.Ballot? ToProto(Ballot ballot, NodeId sender) => ballot == Ballot.None ? null : new V1.Ballot
    {
        Round = (ulong)ballot.Round,
        Proposer = ballot.Proposer == sender ? "" : ballot.Proposer.Name,
        Proposal = ballot.Proposal,
    };

    private static Ballot BallotOf(V1.Ballot? ballot, NodeId sender) => ballot is null ? Ballot.None : AttemptOf(ballot, sender);

    private static Ballot AttemptOf(V1.Ballot? ballot, NodeId sender)
    {
        Parts.Require(ballot is not null, "an attempt has a ballot", "none");
        Parts.Require(ballot.Round is > 0 and <= (ulong)Ballot.RoundMax, "a ballot's round is 1 to 2^60", ballot.Round);
        NodeId proposer = ballot.Proposer.Length == 0 ? sender : new NodeId(Parts.NodeNameOf(ballot.Proposer));
        return new Ballot((long)ballot.Round, proposer, ballot.Proposal);
    }

    private static string DecisionOf(string decision)
    {
        Parts.Require(DecisionBounds.IsName(decision), "a decision is named by 1 to 100 visible ASCII characters; characters", decision.Length);
        return decision;
    }

    private static ReadOnlyMemory<byte> ValueOf(ByteString value)
    {
        Parts.Require(value.Length <= DecisionBounds.ValueBytesMax, "a value to decide has at most 512 KiB", value.Length);
        return value.Memory;
    }

    // A reason of a newer release is no vote.
    private static VoteOutcome OutcomeOf(uint outcome) =>
        outcome <= (uint)VoteOutcome.Unable ? (VoteOutcome)outcome : VoteOutcome.Unable;
}
