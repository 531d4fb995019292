using AkkaKv.Core.Kernel;
using AkkaKv.Core.Reaping;

namespace AkkaKv.Core.Tests.Reaping;

public sealed class ReapRoundTests
{
    private static readonly NodeId[] Members = [new("node-1"), new("node-2")];
    private static readonly DeadKey[] Keys = [new(StoreKey.Of("carts", "a"u8), 1), new(StoreKey.Of("carts", "b"u8), 1)];

    [Fact]
    public void What_the_members_say_together_is_the_worst_that_any_of_them_said()
    {
        var round = new ReapRound(1, Keys, Members);
        round.Add(Done(Members[0], 1, ReapVerdict.Agreed, ReapVerdict.Agreed));
        round.VerdictOf(0).ShouldBe(ReapVerdict.Unsure, "one has not answered");
        round.Add(Done(Members[1], 1, ReapVerdict.Agreed, ReapVerdict.Hinted));
        round.IsComplete.ShouldBeTrue();
        round.VerdictOf(0).ShouldBe(ReapVerdict.Agreed);
        round.VerdictOf(1).ShouldBe(ReapVerdict.Hinted);
    }

    [Fact]
    public void A_stranger_a_second_answer_and_one_of_the_wrong_length_count_for_nothing()
    {
        var round = new ReapRound(1, Keys, Members);
        round.Add(Done(Members[0], 1, ReapVerdict.Agreed, ReapVerdict.Differs));
        round.Add(Done(Members[0], 1, ReapVerdict.Agreed, ReapVerdict.Agreed));
        round.Add(Done(new NodeId("node-9"), 1, ReapVerdict.Agreed, ReapVerdict.Agreed));
        round.Add(Done(Members[1], 1, ReapVerdict.Agreed));
        round.IsComplete.ShouldBeFalse();
        round.Add(Done(Members[1], 1, ReapVerdict.Agreed, ReapVerdict.Agreed));
        round.IsComplete.ShouldBeTrue();
        round.VerdictOf(1).ShouldBe(ReapVerdict.Differs);
    }

    [Fact]
    public void The_views_together_change_with_each_of_them_and_not_with_the_order_of_the_answers()
    {
        ulong first = Views((0, 1), (1, 2));
        Views((1, 2), (0, 1)).ShouldBe(first);
        Views((0, 1), (1, 3)).ShouldNotBe(first);
        Views((0, 2), (1, 1)).ShouldNotBe(first);
    }

    private static ulong Views(params (int Member, ulong View)[] answers)
    {
        var round = new ReapRound(1, Keys, Members);
        foreach ((int member, ulong view) in answers)
            round.Add(Done(Members[member], view, ReapVerdict.Agreed, ReapVerdict.Agreed));
        return round.Views;
    }

    private static ReapCheckDone Done(NodeId member, ulong view, params ReapVerdict[] verdicts) => new(1, member, view, verdicts);
}
