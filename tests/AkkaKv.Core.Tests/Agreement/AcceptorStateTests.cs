using AkkaKv.Core.Agreement;
using AkkaKv.Core.Kernel;
using Xunit.Abstractions;

namespace AkkaKv.Core.Tests.Agreement;

public sealed class AcceptorStateTests(ITestOutputHelper output)
{
    private static readonly Ballot First = new(1, new NodeId("node-1"), 5);
    private static readonly Ballot Second = new(1, new NodeId("node-1"), 6);
    private static readonly Ballot Third = new(1, new NodeId("node-2"), 1);
    private static readonly Ballot Fourth = new(2, new NodeId("node-1"), 1);

    [Fact]
    public void Ballots_are_ordered_by_round_then_proposer_then_proposal()
    {
        Ballot[] ordered = [Ballot.None, First, Second, Third, Fourth];
        ordered.Reverse().Order().ShouldBe(ordered);
        (Ballot.None.IsAttempt, First.IsAttempt, new Ballot(Ballot.RoundMax + 1, First.Proposer).IsAttempt).ShouldBe((false, true, false));
    }

    [Fact]
    public void A_promise_bars_what_is_older_and_tells_what_was_accepted()
    {
        (AcceptorState state, VoteOutcome outcome) = AcceptorState.Empty.OnPrepare(Second);
        outcome.ShouldBe(VoteOutcome.Granted);
        state.OnPrepare(First).ShouldBe(new AcceptorStep(state, VoteOutcome.Outbid));
        state.OnAccept(First, new byte[] { 1 }).ShouldBe(new AcceptorStep(state, VoteOutcome.Outbid));
        state.OnPrepare(Second).ShouldBe(new AcceptorStep(state, VoteOutcome.Granted), "the answer was lost");

        (state, outcome) = state.OnAccept(Second, new byte[] { 2 });
        outcome.ShouldBe(VoteOutcome.Granted);
        (state, outcome) = state.OnPrepare(Fourth);
        (outcome, state.Promised, state.AcceptedAt).ShouldBe((VoteOutcome.Granted, Fourth, Second));
        state.AcceptedValue.ToArray().ShouldBe([2]);
    }

    [Fact]
    public void What_was_never_promised_may_be_accepted_but_never_two_values_under_one_ballot()
    {
        AcceptorState state = AcceptorState.Empty.OnAccept(Third, new byte[] { 3 }).State;
        (state.Promised, state.AcceptedAt).ShouldBe((Third, Third));
        state.OnAccept(Third, new byte[] { 3 }).ShouldBe(new AcceptorStep(state, VoteOutcome.Granted));
        state.OnAccept(Third, new byte[] { 4 }).ShouldBe(new AcceptorStep(state, VoteOutcome.Outbid));
        state.OnPrepare(Second).Outcome.ShouldBe(VoteOutcome.Outbid);
    }

    [Fact]
    public void Its_bytes_come_back_as_they_were()
    {
        foreach (AcceptorState state in States())
        {
            AcceptorState.TryRead(state.ToBytes(), out AcceptorState read).ShouldBeTrue();
            (read.Promised, read.AcceptedAt).ShouldBe((state.Promised, state.AcceptedAt));
            read.AcceptedValue.ToArray().ShouldBe(state.AcceptedValue.ToArray());
        }
    }

    [Fact]
    public void Other_bytes_are_refused_or_another_state_and_never_throw()
    {
        ulong seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var random = new RandomSource(seed);
        foreach (AcceptorState state in States())
        {
            byte[] whole = state.ToBytes().ToArray();
            for (int length = 0; length < whole.Length; length++)
                AcceptorState.TryRead(whole.AsMemory(0, length), out _).ShouldBeFalse();
            for (int i = 0; i < 2_000; i++)
            {
                byte[] flipped = (byte[])whole.Clone();
                flipped[random.Next(flipped.Length)] ^= (byte)(1 + random.Next(255));
                AcceptorState.TryRead(flipped, out _);
            }

            whole[0] = 2;
            AcceptorState.TryRead(whole, out _).ShouldBeFalse("a newer format");
        }
    }

    private static AcceptorState[] States() =>
    [
        AcceptorState.Empty,
        new(First, Ballot.None, default),
        new(Fourth, Third, new byte[] { 1, 2, 3 }),
        new(Fourth, Fourth, default),
        new(new Ballot(Ballot.RoundMax, new NodeId(new string('é', 255)), ulong.MaxValue), First, new byte[1_000]),
    ];
}
