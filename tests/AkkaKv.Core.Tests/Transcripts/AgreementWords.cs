using System.Text;
using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Tests.Transcripts;

/// <summary>Says in words what proposals and voters say, and what voters keep.</summary>
internal static class AgreementWords
{
    /// <returns>Null for what is no part of a decision.</returns>
    public static string? Of(Message message) => message switch
    {
        FactWrite write => AcceptorState.TryRead(write.Value, out AcceptorState state) ? Kept(state) : null,
        AgreementPrepare prepare => $"on {prepare.Decision}: will you promise to take nothing older than {Attempt(prepare.Ballot)}?",
        AgreementPromised { Outcome: VoteOutcome.Granted } promised => $"I promise; {Accepted(promised.AcceptedAt, promised.AcceptedValue)}",
        AgreementPromised promised => Refusal(promised.Outcome, promised.Promised),
        AgreementAccept accept => $"accept {Text(accept.Value)} in {Attempt(accept.Ballot)}",
        AgreementAccepted { Outcome: VoteOutcome.Granted } => "accepted",
        AgreementAccepted accepted => Refusal(accepted.Outcome, accepted.Promised),
        AgreementDecided decided => $"{decided.Decision} is {Text(decided.Value)}, for ever",
        AgreementUndecided undecided => $"{undecided.Decision} is not decided: {undecided.Reason}",
        _ => null,
    };

    private static string Kept(AcceptorState state) => $"store: promised {Attempt(state.Promised)}, {Accepted(state.AcceptedAt, state.AcceptedValue)}";

    private static string Accepted(Ballot at, ReadOnlyMemory<byte> value) =>
        at == Ballot.None ? "nothing accepted yet" : $"accepted {Text(value)} in {Attempt(at)}";

    private static string Refusal(VoteOutcome outcome, Ballot promised) => outcome switch
    {
        VoteOutcome.Outbid => $"I have promised {Attempt(promised)}",
        VoteOutcome.OtherStore => "this is another data directory",
        _ => "I cannot keep a vote",
    };

    private static string Attempt(Ballot ballot) => $"attempt {ballot.Round} of {ballot.Proposer}";

    private static string Text(ReadOnlyMemory<byte> value) => $"\"{Encoding.UTF8.GetString(value.Span)}\"";
}
